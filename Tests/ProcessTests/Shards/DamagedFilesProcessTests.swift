// Files with false claims, given to both programs on the command line. The choice: each run must end within seconds and
// two gigabytes of address space, with exit code 1 or 2 and one sentence on one line.

import Formats
import Foundation
import TestSupport
import Testing
import Trainer

@Suite(.tags(.slow), .unlessFast, .enabled(if: Python.has("numpy"), "needs numpy")) struct DamagedFilesProcessTests {
    let folder = try! TemporaryFolder()

    private func python(_ script: String) throws {
        let start = "import gzip\n" + PNGScript.functions + ZipScript.functions
        try Python.run(start + "def w(name, data): open(name, 'wb').write(data)\n" + script, in: folder)
    }

    /// Runs a command line under limits; its error must contain `phrase`, and nothing may be left of `out`.
    private func refuse(_ program: String, _ line: String, _ phrase: String) throws {
        let limits = "ulimit -v 2000000; ulimit -c 0; exec \(Command.path(of: program)) \(line)"
        let result = try Command.run(
            "bash", ["-c", limits], environment: ["OPENBLAS_NUM_THREADS": "1"], directory: folder.path, timeout: 20)
        let sentence = result.stderr
        #expect(result.status == 1 || result.status == 2, "\(program) \(line): \(result)")
        #expect((result.stdout + sentence).contains(phrase), "\(program) \(line): \(result)")
        #expect(
            sentence.utf8.count < 400 && sentence.split(separator: "\n").count == 1, "\(program) \(line): \(sentence)")
        #expect(try !folder.names.contains { $0.contains("out") })
    }

    @Test func arraysAndArchives() throws {
        try python(
            """
            a = npy(n.zeros((12, 6, 8, 8), 'u1')); z = [(b'a.npy', a)]
            def header(text, data=b''): return b'\\x93NUMPY\\1\\0' + struct.pack('<H', len(text)) + text.encode() + data
            w('slow.npy', header("'fortran_order': False" + "'shape':(" * 7000)); w('deep.npy', header('(' * 65000))
            w('more.npy', a + b'x'); w('two.npy', a + a)
            w('axes.npy', header("{'descr': '|u1', 'fortran_order': False, 'shape': (%s)}" % ('1,' * 30000), b'x'))
            w('shape.npy', header("{'descr': '<f8', 'fortran_order': False, 'shape': (%d, %d)}" % (2**62, 2**62)))
            w('lfs.npy', b'version https://git-lfs.github.com/spec/v1\\n'); w('page.npz', b'<!DOCTYPE html><html></html>')
            for power in (33, 40, 62): archive(f'count{power}.npz', z, wide=True, count=2**power)
            archive('size.npz', z, wide=True, method=0, size=2**63-1); archive('place.npz', z, wide=True, offset=2**63-1)
            archive('start.npz', z, wide=True, start=2**63-1); archive('secret.npz', z, flags=1)
            archive('bomb.npz', z, size=2**32-2); archive('cut.npz', z); os.truncate('cut.npz', 150); os.mkfifo('pipe.npy')
            archive('lines.npz', [(b'a\\nb\\x1b[2J.npy', a), (b'c.npy', a)])
            """)
        for (name, phrase) in [
            ("slow.npy", "damaged .npy header"), ("deep.npy", "damaged .npy header"),
            ("more.npy", "bytes behind its array"),
            ("two.npy", "another array"), ("axes.npy", "axes"), ("shape.npy", "impossible shape"),
            ("lfs.npy", "git lfs pull"),
            ("page.npz", "web page"), ("count33.npz", "claims 8589934592"), ("count40.npz", "claims"),
            ("count62.npz", "claims"),
            ("size.npz", "cannot hold"), ("place.npz", "cut short"), ("start.npz", "damaged"),
            ("secret.npz", "is encrypted"),
            ("bomb.npz", "cannot hold"), ("cut.npz", "not a whole .npz"), ("pipe.npy", "is a pipe"),
            ("lines.npz", "a?b?[2J, c"),
        ] {
            try refuse("convlstm-shard", "split \(name) --layout sequences-first --output out.shards", phrase)
        }
    }

    @Test func pictures() throws {
        try python(
            """
            def header(w, h, name=b'IHDR'): return chunk(name, struct.pack('>IIBBBBB', w, h, 8, 0, 0, 0, 0))
            start = b'\\x89PNG\\r\\n\\x1a\\n'; png('whole.png', 60, 60, [7] * 3600); big = open('whole.png', 'rb').read()[8:]
            apple, claim = start + chunk(b'CgBI', b'P\\0 \\2') + big, start + header(11000, 11000) + big[25:]
            for kind, raw in (('first', start + header(1, 1, b'juNK') + big), ('apple', apple), ('claim', claim),
                    ('twice', start + header(1, 1) + big), ('page', b'<html>')):
                os.mkdir(kind)
                for number in range(3): w(f'{kind}/{number}.png', raw)
            os.mkdir('pipe'); os.mkfifo('pipe/0.png')
            """)
        for (name, phrase) in [
            ("first", "is not a PNG file this program reads"), ("apple", "Apple's own variant"),
            ("claim", "cannot hold"),
            ("twice", "is damaged"), ("page", "web page"), ("pipe", "is a pipe"),
        ] {
            try refuse("convlstm-shard", "split \(name) --frames 1 --validation 0 --test 0 --output out.shards", phrase)
        }
    }

    @Test func digits() throws {
        try python(
            """
            images = b'\\0\\0\\x08\\3' + struct.pack('>III', 10, 28, 28) + bytes(7840)
            w('claim', images[:4] + struct.pack('>III', 2**32-1, 2**32-1, 2**32-1)); w('more', images + b'x')
            w('bomb.gz', gzip.compress(images[:4] + struct.pack('>III', 10**6, 28, 28) + bytes(10**7)))
            w('behind.gz', gzip.compress(images) + b'text'); w('long.gz', gzip.compress(images + bytes(10**8)))
            """)
        for (name, phrase) in [
            ("claim", "claims"), ("more", "bytes behind"), ("bomb.gz", "cut short"), ("behind.gz", "other bytes"),
            ("long.gz", "bytes behind"),
        ] {
            try refuse(
                "convlstm-shard", "generate moving-mnist --digits \(name) --sequences 2 --output out.npy", phrase)
        }
    }

    @Test func weights() throws {
        try python(
            """
            def tensors(name, text, data=bytes(8)): w(name, struct.pack('<Q', len(text)) + text.encode() + data)
            entry = '"a":{"dtype":"F32","shape":[%s],"data_offsets":[0,%s]}'
            tensors('deep', '{"a":' * 30000); tensors('huge', '{' + entry % ('4611686018427387904,4', 8) + '}')
            tensors('far', '{' + entry % (2, 2**63 - 1) + '}'); tensors('twice', '{' + ','.join([entry % (2, 8)] * 2) + '}')
            tensors('float', '{' + entry % ('2.0', 8) + '}'); w('length', struct.pack('<Q', 2**63) + b'{}')
            w('lfs', b'version https://git-lfs.github.com/spec/v1\\n')
            archive('torch', [(b'x/data.pkl', b'\\x80\\x02')], method=0)
            os.mkfifo('pipe'); tensors('name', '{"' + 'a\\\\n' * 9000 + '":{"dtype":"Q7"}}')
            """)
        for (name, phrase) in [
            ("deep", "JSON"), ("huge", "has 8 bytes"), ("far", "ends at byte"), ("twice", "is there twice"),
            ("float", "JSON"),
            ("length", "claims"), ("lfs", "git lfs pull"), ("torch", "safetensors.torch.save_file"),
            ("pipe", "is a pipe"),
            ("name", "unknown type Q7"),
        ] {
            try refuse(
                "convlstm-dist", "import \(name) --preset pytorch-seq2seq --gate-order i,f,o,g --output out", phrase)
        }
    }

    @Test func checkpoints() throws {
        try python(
            """
            w('ten', b'\\x28\\xb5\\x2f\\xfd\\xe0' + struct.pack('<Q', 10**10) + b'\\1\\0\\0' + bytes(4))
            w('most', b'\\x28\\xb5\\x2f\\xfd\\xe0' + struct.pack('<Q', 2**63 - 1) + b'\\1\\0\\0' + bytes(4))
            blocks = b'\\x02\\0\\x10\\0' * 80000
            w('zeros', b'\\x28\\xb5\\x2f\\xfd\\xe0' + struct.pack('<Q', 80001 << 17) + blocks + b'\\x03\\0\\x10\\0')
            w('lfs', b'version https://git-lfs.github.com/spec/v1\\n'); w('tiny.yaml', b'model: tiny\\n')
            os.mkfifo('pipe'); w('none', b'')
            w('plain', struct.pack('<Q', 2) + b'{}')
            """)
        for (name, phrase) in [
            ("ten", "claim to hold 10000000000"), ("most", "claim to hold"), ("zeros", "more than the 1073741824"),
            ("lfs", "git lfs pull"), ("tiny.yaml", "is not a checkpoint; name the run's folder"), ("pipe", "is a pipe"),
            ("none", "is empty"), ("plain", "a safetensors file, not a checkpoint"),
        ] {
            try refuse("convlstm-dist", "checkpoint verify \(name)", phrase)
            try refuse("convlstm-dist", "predict --checkpoint \(name) --input x.npy --output out", phrase)
            try refuse("convlstm-dist", "train --resume \(name) --data generated --output out", phrase)
        }
    }

    @Test func manifests() throws {
        try python("n.save('x.npy', n.zeros((12, 6, 8, 8), 'u1'))")
        let split = "split x.npy --layout sequences-first --shards 2 --output whole.shards"
        let made = try Command.run("convlstm-shard", split.components(separatedBy: " "), directory: folder.path)
        try #require(made.status == 0, "\(made)")
        for (place, value) in [
            ("['shards'][0]['sequences']", "-1"), ("['shards'][0]['sequences']", "-2**63"),
            ("['shards'][1]['first']", "2**63-1"),
            ("['shards'][0]['bytes']", "2**63-1"), ("['splits'][1]['sequences']", "-1"), ("['sequences']", "2**60"),
            ("['shards']", "[dict(m['shards'][0], sequences=2**60)]"), ("['geometry']['height']", "2**62"),
            ("['geometry']['frames']", "-6"), ("['valueRange']", "[0, 10**400]"), ("['splits'][2]['first']", "2**64"),
        ] {
            try python(
                """
                import json, shutil
                shutil.rmtree('lie.shards', True); shutil.copytree('whole.shards', 'lie.shards')
                m = json.load(open('lie.shards/manifest.json')); m\(place) = \(value)
                json.dump(m, open('lie.shards/manifest.json', 'w'))
                """)
            for command in ["info lie.shards", "verify lie.shards", "cat lie.shards --sequence 3 --output out.npy"] {
                try refuse("convlstm-shard", command, "lie.shards")
            }
            try refuse("convlstm-dist", "train --data lie.shards --steps 1 --output out", "lie.shards")
        }
    }

    /// False values in a checkpoint with valid checksums.
    @Test func factsOfCheckpoints() throws {
        let tools = try ToolsExample.shared.get()
        let path = tools.folder.file("tools/checkpoints/" + Checkpoint.fileName(step: 4))
        let stored = try InputFile(path: path).bytes()
        let whole = try SafetensorsFile(decoding: Zstd.decompress(stored.span, limit: 1 << 24, file: path), file: path)
        for (key, value) in [
            ("epoch", "9223372036854775807"), ("position", "9223372036854775807"), ("step", "-1"),
            ("frame", "-32 32 1"),
            ("left_out", "-9223372036854775808 0"), ("frame", "4294967296 4294967296 1"),
            ("frame", "1000000 1000000 1"),
            ("training_sequences", "-4"), ("value_range", "nan nan"), ("best_step", "1e9"),
        ] {
            var lie = whole
            lie.metadata[key] = value
            let encoded = try lie.encoded()
            try folder.write(Zstd.compress(encoded.span), to: "lie")
            let data = tools.folder.file("tiny.shards")
            try refuse("convlstm-dist", "predict --checkpoint lie --data \(data) --sequence 0 --output out", "lie")
            try refuse("convlstm-dist", "train --resume lie --data \(data) --steps 9 --output out", "lie")
        }
    }
}
