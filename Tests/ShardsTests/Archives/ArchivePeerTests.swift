import Formats
import Foundation
import Shards
import TestSupport
import Testing

/// The conventions in files of the libraries that weather services and their users write them with.
@Suite(.enabled(if: PeerPython.hasArchives, "needs CONVLSTM_PYTHON")) struct ArchivePeerTests {
    let folder = try! TemporaryFolder()

    private func python(_ script: String) throws -> String {
        try PeerPython.run("import h5py, netCDF4, xarray as xr, zarr, numpy as n\n" + script, in: folder)
    }

    /// Compares all frames of an archive's films with the bytes that numpy wrote to out.bin.
    private func compare(_ name: String, _ options: ArchiveOptions = ArchiveOptions()) throws -> [any FrameSeries] {
        let films = try #require(try Archive.open(folder.file(name), options)).films
        var all: [UInt8] = []
        for film in films {
            // In parts that do not fit the pieces of the file.
            for frames in stride(from: 0, to: film.count, by: 2).map({ $0..<min($0 + 2, film.count) }) {
                var bytes = [UInt8](repeating: 0, count: frames.count * film.frameBytes), span = bytes.mutableSpan
                try film.read(frames: frames, into: &span)
                all += bytes
            }
        }
        #expect(try all == folder.bytes(of: "out.bin"))
        return films
    }

    private static let rain = """
        a = (n.arange(5*6*7) * 37 % 251).reshape(5, 6, 7)

        """

    @Test func odim() throws {
        _ = try python(
            Self.rain + """
                os.mkdir('d')
                for i in range(5):
                    with h5py.File(f'd/{9-i}.hdf', 'w') as f:
                        f.attrs['Conventions'] = n.bytes_('ODIM_H5/V2_3')
                        w = f.create_group('what'); w.attrs['object'] = n.bytes_('COMP'); w.attrs['date'] = n.bytes_('20240301')
                        w.attrs['time'] = n.bytes_(f'00{i*5:02d}00'); f.create_group('where').attrs['projdef'] = '+proj=laea'
                        d = f.create_dataset('dataset1/data1/data', data=a[i].astype('u1'), compression='gzip')
                        q = f.create_group('dataset1/data1/what'); q.attrs['quantity'] = n.bytes_('ACRR')
                        q.attrs.update({'gain': .01, 'offset': 0., 'nodata': 255., 'undetect': 0.})
                        f.create_dataset('dataset1/quality1/data', data=a[i].astype('f4'))
                a.astype('u1').tofile('out.bin')
                """)
        let film = try compare("d")[0]
        #expect(
            film.values?.unit == "mm" && film.values?.missing == 255
                && film.values?.attributes["projdef"] == "+proj=laea")
        #expect(film.times?.first == (try Date("2024-03-01T00:00:00Z", strategy: .iso8601)))
    }

    @Test(arguments: ["int16", "uint8", "float32", "float64"]) func netCDF(type: String) throws {
        let out = try python(
            Self.rain + """
                f = netCDF4.Dataset('x.nc', 'w')
                for name, size in (('time', None), ('y', 6), ('x', 7)): f.createDimension(name, size)
                t = f.createVariable('time', 'f8', ('time',)); t.units = 'minutes since 2020-01-01 00:00:00'; t.calendar = 'gregorian'
                y = f.createVariable('y', 'f4', ('y',)); y.units = 'km'; y.standard_name = 'projection_y_coordinate'; y[:] = n.arange(6)
                x = f.createVariable('x', 'f4', ('x',)); x.units = 'km'; x.standard_name = 'projection_x_coordinate'; x[:] = n.arange(7)
                m = f.createVariable('crs', 'i4'); m.grid_mapping_name = 'polar_stereographic'; m.proj4 = '+proj=stere'
                lat = f.createVariable('lat', 'f4', ('y', 'x')); lat.units = 'degrees_north'
                v = f.createVariable('rain', '\(type)', ('time', 'y', 'x'), fill_value=250, zlib=True, chunksizes=(3, 4, 4))
                v.units = 'mm h-1'; v.grid_mapping = 'crs'; v.set_auto_maskandscale(False)
                if '\(type)' == 'int16': v.scale_factor = .05; v.add_offset = -1.
                v[:] = a; t[:] = n.arange(5) * 5; f.close(); a.astype('f4' if '\(type)' == 'float64' else '\(type)').tofile('out.bin')
                print(','.join(str(d).replace(' ', 'T') + 'Z' for d in netCDF4.num2date([0, 20], 'minutes since 2020-01-01 00:00:00')))
                """)
        let film = try compare("x.nc")[0], values = try #require(film.values), times = try #require(film.times)
        #expect(
            values.missing == 250 && values.unit == "mm/h"
                && values.attributes["grid_mapping_name"] == "polar_stereographic")
        #expect("\(times[0].formatted(.iso8601)),\(times[4].formatted(.iso8601))\n" == out)
        #expect(values.scale == (type == "int16" ? 0.05 : 1))
    }

    @Test func oneFrameOfXarrayInEachFile() throws {
        _ = try python(
            Self.rain + """
                os.mkdir('d'); a = n.where(a == 3, n.nan, a).astype('f4')
                for i in range(5):
                    t = n.datetime64('2021-12-31T23:50:00') + n.timedelta64(300 * i, 's')
                    xr.Dataset({'dbz': (('y', 'x'), a[i], {'units': 'dBZ'})}, {'y': n.arange(6.), 'x': n.arange(7.), 'time': t}).to_netcdf(
                        f'd/{i}.nc', engine='netcdf4')
                a.tofile('out.bin')
                """)
        let film = try compare("d")[0]
        #expect(film.values?.unit == "dBZ" && film.values?.missing == nil && film.elementType == .float32)
        #expect(film.times?[2] == (try Date("2022-01-01T00:00:00Z", strategy: .iso8601)))
    }

    @Test func stormEventsAndPacks() throws {
        _ = try python(
            """
            with h5py.File('s.h5', 'w') as f:
                a = (n.arange(3*6*6*5) * 7 % 256).astype('u1').reshape(3, 6, 6, 5); f['id'] = n.array([b'S1', b'S2', b'S3'])
                f.create_dataset('vil', data=a, chunks=(1, 6, 6, 5), compression='gzip'); n.moveaxis(a, 3, 1).tofile('out.bin')
            """)
        #expect(try compare("s.h5").map(\.count) == [5, 5, 5])
        _ = try python(
            """
            with h5py.File('all.h5', 'w') as g:
                with h5py.File('p.h5', 'w') as f:
                    for i in range(12): f[str(i)] = n.full((3 + i, 4, 5), i, 'f2'); g[str(i)] = h5py.ExternalLink('p.h5', f'/{i}')
                    f['all_len'] = 12
            n.concatenate([n.full((3 + i, 4, 5), i, 'f2') for i in range(12)]).tofile('out.bin')
            """)
        #expect(try compare("p.h5").map(\.count) == Array(3...14))
        #expect(try compare("all.h5").count == 12)
    }

    /// Both versions of Zarr, as xarray and zarr write them.
    @Test(arguments: [2, 3]) func zarr(version: Int) throws {
        let codec = version == 2 ? "'compressors': numcodecs.Zstd()" : "'compressors': zarr.codecs.ZstdCodec()"
        _ = try python(
            Self.rain + """
                import numcodecs
                a = n.where(a == 3, n.nan, a).astype('f4'); t = n.datetime64('2021-12-31T23:50:00') + n.arange(5) * n.timedelta64(300, 's')
                d = xr.Dataset({'rain': (('time', 'y', 'x'), a, {'units': 'mm h-1'})}, {'time': t, 'y': n.arange(6.), 'x': n.arange(7.)})
                d.to_zarr('x.zarr', zarr_format=\(version), consolidated=\(version == 2 ? "True" : "False"), encoding={
                    k: {\(codec)} | ({'chunks': (2, 4, 3)} if k == 'rain' else {}) for k in ('rain', 'time', 'y', 'x')})
                a.tofile('out.bin')
                """)
        let film = try compare("x.zarr")[0]
        #expect(film.values?.unit == "mm/h" && film.times?.count == 5 && film.elementType == .float32)
        #expect(film.times?[2] == (try Date("2022-01-01T00:00:00Z", strategy: .iso8601)))
        _ = try python(
            """
            z = zarr.create_group('b.zarr', zarr_format=\(version))
            z.create_array('plain', shape=(3, 4, 5), dtype='>i2', chunks=(2, 3, 3), fill_value=-5, compressors=None)[1:, :2] = 7
            b = n.full((3, 4, 5), -5, 'i2'); b[1:, :2] = 7; b.tofile('out.bin')
            z.create_array('packed', shape=(3, 4, 5), dtype='f4', chunks=(2, 3, 3), compressors=\(version == 2 ? "numcodecs.Blosc()" : "zarr.codecs.BloscCodec()"))
            """.replacing("z = zarr", with: "import numcodecs\nz = zarr"))
        _ = try compare("b.zarr", ArchiveOptions(dataset: "plain"))
        let error = #expect(throws: FormatError.self) {
            try Archive.open(folder.file("b.zarr"), ArchiveOptions(dataset: "packed"))
        }
        #expect(error?.description.contains("packed with blosc") == true, "\(String(describing: error))")
    }

    /// What we write opens in netCDF4 and xarray, with times, coordinates, missing pixels and projection.
    @Test func ourNetCDFOpensElsewhere() throws {
        let rain = RainGenerator(frames: 3, size: 24, count: 1, seed: 4)
        try RainArchive(rain, start: Date("2026-06-01T12:00:00Z", strategy: .iso8601)).writeNetCDF(
            to: folder.file("r.nc")
        ) { _ in }
        let out = try python(
            """
            f = netCDF4.Dataset('r.nc'); v = f['rainfall_rate']
            print(v.dimensions, v.shape, v.units, v.scale_factor, v.dtype, f['time'].units, f.Conventions)
            d = xr.open_dataset('r.nc', decode_coords='all'); r = d.rainfall_rate
            print(r.dims, str(r.time.values[1])[:19], float(r.y[0]), float(r.x[-1]), r.encoding['grid_mapping'], d.crs.attrs['proj4'])
            r.values.astype('f4').tofile('r.bin')
            """)
        #expect(
            out == """
                ('time', 'y', 'x') (3, 24, 24) mm/h 0.01 int16 seconds since 2026-06-01 12:00:00 CF-1.8
                ('time', 'y', 'x') 2026-06-01T12:05:00 23500.0 23500.0 crs +proj=merc +R=6371000 +lon_0=10

                """)
        let read = try folder.bytes(of: "r.bin").withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        for (one, other) in zip(read, try rain.sequence(0)) {
            #expect(one.isNaN == other.isNaN && (one.isNaN || abs(one - other) <= 0.0051))
        }
    }

    @Test func ourODIMOpensInH5py() throws {
        let rain = RainGenerator(frames: 1, size: 24, count: 1, seed: 4)
        try RainArchive(rain, start: Date("2026-06-01T12:00:00Z", strategy: .iso8601)).writeODIM(to: folder.file("d")) {
            _ in
        }
        let out = try python(
            """
            f = h5py.File('d/rain_202606011200.h5'); w = f['dataset1/data1/what'].attrs
            print(w['quantity'].decode(), w['gain'], w['nodata'], w['undetect'], f['what'].attrs['date'].decode(), f['where'].attrs['xsize'])
            print(f['dataset1/data1/data'].dtype, f['dataset1/data1/data'].shape, f['what'].attrs.get_id('object').shape)
            """)
        #expect(out == "RATE 0.01 65535.0 0.0 20260601 24\nuint16 (24, 24) ()\n", "\(out)")
    }
}
