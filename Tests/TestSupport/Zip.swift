// Zip archives made with Python's struct alone, so that every number in them can be falsified.

/// Functions for scripts of `Python.run`, which import numpy as n.
///
/// `npy(array)` is the bytes of a .npy file. `archive(path, members)` writes members `(name, bytes)`; the keywords
/// change the values in the records: `flags`, `method`, `crc`, `size`, `packed`, `offset` and `local` (the name in the
/// local headers) of all members, `count`, `start` and `length` of the directory, and the `comment` after it; with
/// `wide` the records are those of zip64.
package enum ZipScript {
    package static let functions = """
        import io, struct, zlib, numpy as n
        def npy(array):
            f = io.BytesIO(); n.save(f, array); return f.getvalue()
        def archive(path, members, flags=0, method=8, crc=None, size=None, packed=None, offset=None, local=None, count=None,
                    start=None, length=None, comment=b'', wide=False):
            body, directory = b'', b''
            for name, data in members:
                raw = data
                if method == 8:
                    c = zlib.compressobj(wbits=-15); raw = c.compress(data) + c.flush()
                sum = zlib.crc32(data) if crc is None else crc; whole = len(data) if size is None else size
                small = len(raw) if packed is None else packed; place = len(body) if offset is None else offset
                own = name if local is None else local
                more = struct.pack('<HHQQQ', 1, 24, whole, small, place) if wide else b''
                sizes = (0xFFFFFFFF,) * 2 if wide else (small, whole)
                directory += struct.pack('<4s6H3I5H2I', b'PK\\1\\2', 45, 45, flags, method, 0, 0x21, sum, *sizes, len(name),
                    len(more), 0, 0, 0, 0, 0xFFFFFFFF if wide else place) + name + more
                body += struct.pack('<4s5H3I2H', b'PK\\3\\4', 45, flags, method, 0, 0x21, sum, len(raw), len(data), len(own), 0)
                body += own + raw
            number = len(members) if count is None else count; begin = len(body) if start is None else start
            extent = len(directory) if length is None else length; end = b''
            if wide:
                end = struct.pack('<4sQHHIIQQQQ', b'PK\\6\\6', 44, 45, 45, 0, 0, number, number, extent, begin)
                end += struct.pack('<4sIQI', b'PK\\6\\7', 0, len(body) + len(directory), 1)
                number, extent, begin = 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF
            end += struct.pack('<4s4H2IH', b'PK\\5\\6', 0, 0, number, number, extent, begin, len(comment)) + comment
            open(path, 'wb').write(body + directory + end)

        """
}
