import Formats
import TestSupport
import Testing

@Suite(.enabled(if: Python.has("numpy"), "needs numpy")) struct ZipArchiveTests {
    let folder = try! TemporaryFolder()

    private func python(_ script: String) throws {
        try Python.run(ZipScript.functions + script, in: folder)
    }

    private func refuse(_ name: String, key: String? = nil, _ phrase: String) throws {
        let error = #expect(throws: FormatError.self, "\(name)") { try folder.array(name, key: key) }
        #expect(error?.description.contains(phrase) == true, "\(name): \(String(describing: error))")
        #expect((error?.description.utf8.count ?? 0) < 400)
    }

    /// zlib holds output back if its buffer is full when the input ends, which happens for sizes up to 131 bytes above
    /// a multiple of the buffer size.
    @Test func everySizeAroundAFullBufferIsRead() throws {
        try python(
            """
            for blocks in (1, 3):
                for size in list(range(-140, 141, 4)) + [-1, 1, 2, 3]:
                    n.savez_compressed(f'{blocks}-{size}.npz', n.zeros(blocks * 262144 + size - 128, 'u1'))
            """)
        let names = try folder.names
        #expect(names.count == 150)
        for name in names {
            #expect(throws: Never.self, "\(name)") {
                let content = try folder.array(name).bytes()
                #expect(content == [UInt8](repeating: 0, count: content.count))
            }
        }
    }

    @Test func ofSeveralMembersOfOneNameTheLastCounts() throws {
        try python(
            """
            old, new = npy(n.full(3, 1, 'u1')), npy(n.full(3, 2, 'u1'))
            archive('twice.npz', [(b'a.npy', old), (b'a.npy', new)])
            archive('three.npz', [(b'a.npy', old), (b'b.npy', old), (b'a.npy', new)])
            assert n.load('twice.npz')['a'][0] == 2
            """)
        #expect(try folder.array("twice.npz").bytes() == [2, 2, 2])
        #expect(try folder.array("three.npz", key: "a").bytes() == [2, 2, 2])
        try refuse("three.npz", "the arrays a, b;")
    }

    @Test func widerRecordsAndCommentsAreRead() throws {
        try python(
            """
            data = npy(n.arange(9, dtype='u1')); inner = io.BytesIO()
            archive('wide.npz', [(b'a.npy', data)], wide=True)
            archive('inner.zip', [(b'b.npy', npy(n.zeros(4, 'u1')))])
            archive('comment.npz', [(b'a.npy', data)], comment=b'PK\\5\\6' * 9)
            archive('nested.npz', [(b'a.npy', data)], comment=open('inner.zip', 'rb').read())
            archive('behind.npz', [(b'a.npy', data)]); open('behind.npz', 'ab').write(bytes(100))
            """)
        for name in ["wide.npz", "comment.npz", "nested.npz", "behind.npz"] {
            #expect(throws: Never.self, "\(name)") {
                let content = try folder.array(name).bytes()
                #expect(content == Array(0..<9))
            }
        }
    }

    @Test(.timeLimit(.minutes(1))) func whateverAnArchiveClaimsItIsRefused() throws {
        try python(
            """
            a = [(b'a.npy', npy(n.arange(99, dtype='u1')))]
            for power in (16, 33, 40, 48, 62): archive(f'count-{power}.npz', a, wide=True, count=2**power)
            archive('count-none.npz', a, count=0)
            for name, number in (('most', 2**63 - 1), ('beyond', 2**64 - 1), ('half', 2**62)):
                for key in ('count', 'start', 'length', 'size', 'packed', 'offset'):
                    for method in (0, 8): archive(f'{name}-{key}-{method}.npz', a, wide=True, method=method, **{key: number})
            archive('short.npz', a, method=0, packed=150); archive('long.npz', a, method=0, size=300)
            archive('bomb.npz', a, size=10**9); archive('other.npz', a, size=len(a[0][1]) + 1)
            """)
        for name in try folder.names { try refuse(name, folder.file(name)) }
    }

    @Test func whatIsWrongIsSaid() throws {
        try python(
            """
            a = [(b'a.npy', npy(n.arange(99, dtype='u1')))]
            archive('secret.npz', a, flags=1); archive('packed.npz', a, method=12); archive('sum.npz', a, crc=1)
            archive('named.npz', a, local=b'b.npy'); archive('none.npz', [(b'a.txt', b'text')])
            archive('many.npz', [(b'%d.npy' % i, b'') for i in range(2000)])
            archive('names.npz', [(b'a\\n' * 9000 + b'%d.npy' % i, b'') for i in range(20)])
            archive('cut.npz', [(b'a.npy', a[0][1][:-1])]); archive('more.npz', [(b'a.npy', a[0][1] + b'x')])
            archive('two.npz', [(b'a.npy', a[0][1] * 2)]); archive('stored.npz', [(b'a.npy', a[0][1][:60])] + a, method=0)
            """)
        for (name, phrase) in [
            ("secret.npz", "is encrypted in a.npy; save it without a password"), ("packed.npz", "method 12"),
            ("sum.npz", "its checksum differs"), ("named.npz", "another name"), ("none.npz", "no arrays"),
            ("many.npz", "and 1994 more; choose one with --key"), ("names.npz", "--key"), ("cut.npz", "cut short"),
            ("more.npz", "bytes behind its array"), ("two.npz", "another array after the first"),
        ] {
            try refuse(name, phrase)
        }
        try refuse("stored.npz", key: "b", "the arrays a;")
    }
}
