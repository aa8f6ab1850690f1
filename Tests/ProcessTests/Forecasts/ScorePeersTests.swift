import Foundation
import TestSupport
import Testing

/// The scores of `evaluate` beside those that other programs compute from the forecasts and truths that it keeps.
@Suite struct ScorePeersTests {
    let tools = try! ToolsExample.shared.get()

    /// What a peer's script begins with: `rows` yields each row of a list of the report with the frames that it is about,
    /// forecast and truth of (sequences, frames, height, width), and `same` compares a score with the peer's.
    private static let preparation = """
        import json, sys, numpy as np
        forecast, truth = (np.load(file).astype(float) for file in sys.argv[1:3])
        report = json.load(open(sys.argv[3]))["forecasts"][0]
        def rows(name):
            for row in report[name]:
                leads = slice(None) if row["lead"] is None else slice(row["lead"] - 1, row["lead"])
                yield row, forecast[:, leads], truth[:, leads]
        def same(row, key, value):
            found = row[key]
            close = found is None if value is None or np.isnan(value) else abs(found - value) <= 1e-12 * max(1, abs(value))
            assert close, (key, found, value, row)

        """

    /// Runs a peer's script on a report of the example's forecasts.
    ///
    /// - Parameters:
    ///   - holes: whether every seventh pixel of the forecasts is missing.
    ///   - data: the data set, whose test split is scored.
    private func compare(
        _ script: String, convention: String = "standard", holes: Bool = true, data: String = "tiny.shards"
    ) throws {
        let folder = try TemporaryFolder(), kept = folder.file("kept")
        let forecast = folder.file(data.contains("rain") ? "rain.npy" : "squares.npy")
        let made = try tools.dist(["evaluate", "--checkpoint", tools.run, "--data", data, "--save-forecasts", kept])
        try #require(made.status == 0, "\(made)")
        try Python.run(
            """
            import sys, numpy as np
            x = np.load(sys.argv[1])
            if sys.argv[3] == "true": x.reshape(-1)[::7] = np.nan
            np.save(sys.argv[2], x)
            """, ["\(kept)/forecast.npy", forecast, "\(holes)"])
        let result = try tools.dist([
            "evaluate", "--data", data, "--input-frames", "3", "--forecast", "mine=\(forecast)", "--thresholds",
            "0.125,0.25,0.5,3",
            "--scales", "1,2,3,7,8", "--pool", "4,5", "--metrics", convention, "--json",
        ])
        try #require(result.status == 0, "\(result)")
        let report = try folder.write(Array(result.stdout.utf8), to: "report.json")
        try Python.run(Self.preparation + script, [forecast, "\(kept)/truth.npy", report])
    }

    /// Forecasts with missing pixels, of truths without and with such.
    @Test(.enabled(if: Python.has("numpy"), "needs numpy"), arguments: [false, true])
    func numpyCountsTheSame(hasRain: Bool) throws {
        let rain = try tools.rain()
        try compare(
            """
            def table(f, t, x):
                valid = ~(np.isnan(f) | np.isnan(t))
                yes, came = (f >= x) & valid, (t >= x) & valid
                return [int(n.sum()) for n in (yes & came, ~yes & came, yes & ~came, valid & ~yes & ~came)]
            def check(row, f, t):
                counts = table(f, t, row["threshold"])
                assert counts == [row[k] for k in ("hits", "misses", "false_alarms", "correct_negatives")], (row, counts)
            def pool(x, n):
                h, w = x.shape[2] // n * n, x.shape[3] // n * n
                return np.nanmax(x[:, :, :h, :w].reshape(*x.shape[:2], h // n, n, w // n, n), axis=(3, 5))
            for row, f, t in rows("scores"): check(row, f, t)
            for row, f, t in rows("pooled"):
                missing = np.isnan(f) | np.isnan(t)
                f, t = np.where(missing, np.nan, f), np.where(missing, np.nan, t)
                check(row, pool(f, row["pool"]), pool(t, row["pool"]))
            for row, f, t in rows("continuous"):
                d = f - t
                w = np.select([t >= 30, t >= 10, t >= 5, t >= 2], [30, 10, 5, 2], 1)
                if "rain" in sys.argv[1]:
                    same(row, "b_mae", np.nanmean(w * abs(d))); same(row, "b_mse", np.nanmean(w * d * d))
                else: assert row["b_mae"] is None and row["b_mse"] is None
                same(row, "me", np.nanmean(d)); same(row, "mae", np.nanmean(abs(d)))
                same(row, "mse", np.nanmean(d * d)); same(row, "rmse", np.nanmean(d * d) ** .5)
                assert row["pixels"] == (~np.isnan(d)).sum() and row["counted"] == (~np.isnan(d)).mean()
            assert len(report["scores"]) == 16 and np.isnan(truth).any() == ("rain" in sys.argv[1])
            """, data: hasRain ? rain : "tiny.shards")
    }

    @Test(.enabled(if: Python.has("nowcast_bench"), "needs nowcast-bench")) func nowcastBenchCountsTheSame() throws {
        try compare(
            """
            from nowcast_bench import metrics as m
            value = lambda score: score.value if score.is_defined else None
            for row, f, t in rows("scores"):
                flat = lambda x: x.reshape(1, -1)
                table = m.contingency_table(flat(t), flat(f), row["threshold"])
                for key in ("hits", "misses", "false_alarms", "correct_negatives"): assert getattr(table, key) == row[key]
                for key in ("pod", "far", "csi", "bias", "ets"):
                    same(row, key, value(getattr(m, key)(flat(t), flat(f), row["threshold"])))
            """)
    }

    /// Its score is one of a single frame, with windows of odd sizes.
    @Test(.enabled(if: Python.has("nowcast_bench"), "needs nowcast-bench")) func nowcastBenchHasTheSameFractions()
        throws
    {
        let folder = try TemporaryFolder(), single = folder.file("single.shards")
        let split = try Command.run(
            "convlstm-shard",
            [
                "split", tools.folder.file("squares-shifted.npy"), "--layout", "sequences-first", "--test", "1",
                "--output", single,
            ])
        try #require(split.status == 0, "\(split)")
        try compare(
            """
            from nowcast_bench import metrics as m
            compared = 0
            for row, f, t in rows("fss"):
                if row["scale"] % 2 == 0 or row["lead"] is None: continue
                score = m.fss(t[0, 0], f[0, 0], row["threshold"], row["scale"], boundary="pad")
                same(row, "fss", score.value if score.is_defined else None)
                compared += score.is_defined
            assert compared == 3 * 3 * 3
            """, holes: false, data: single)
    }

    @Test(.enabled(if: Python.has("pysteps"), "needs pysteps")) func pystepsScoresTheSame() throws {
        try compare(
            """
            from pysteps.verification import detcatscores as c, detcontscores as e, spatialscores as s
            names = {"pod": "POD", "far": "FAR", "csi": "CSI", "hss": "HSS", "bias": "BIAS", "ets": "GSS"}
            for row, f, t in rows("scores"):
                found = c.det_cat_fct(f, t, row["threshold"])
                for key, name in names.items(): same(row, key, found[name])
            for row, f, t in rows("continuous"):
                found = e.det_cont_fct(f, t, "ME,MAE,MSE,RMSE".split(","))
                for key in ("me", "mae", "mse", "rmse"): same(row, key, found[key.upper()])
            for row, f, t in rows("fss"):
                sums = s.fss_init(row["threshold"], row["scale"])
                for one, other in zip(f.reshape(-1, 24, 24), t.reshape(-1, 24, 24)): s.fss_accum(sums, one, other)
                same(row, "fss", s.fss_compute(sums))
            """, convention: "pysteps", holes: false)
        // What pysteps makes of missing pixels in FSS is its convention; its tables take them for dry ones.
        try compare(
            """
            from pysteps.verification import detcontscores as e, spatialscores as s
            for row, f, t in rows("continuous"):
                found = e.det_cont_fct(f, t, "ME,MAE,MSE,RMSE".split(","))
                for key in ("me", "mae", "mse", "rmse"): same(row, key, found[key.upper()])
            for row, f, t in rows("fss"):
                sums = s.fss_init(row["threshold"], row["scale"])
                for one, other in zip(f.reshape(-1, 24, 24), t.reshape(-1, 24, 24)): s.fss_accum(sums, one, other)
                same(row, "fss", s.fss_compute(sums))
            """, convention: "pysteps")
    }
}
