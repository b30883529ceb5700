import Basics

/// The members read so far of all objects that are still open, the innermost object's last.
///
/// Each object's members move into an array of exactly their number when the object ends: one allocation an object, no
/// growing, and nothing is retained or released on the way.
struct MemberStack: ~Copyable {
    private var storage: UnsafeMutablePointer<JSONObject.Member>
    private var capacity = 24
    /// How many members there are.
    private(set) var count = 0

    init() {
        storage = .allocate(capacity: capacity)
    }

    deinit {
        storage.deinitialize(count: count)
        storage.deallocate()
    }

    /// The members of the object whose first one is at `first`. For as long as nothing is appended.
    func members(from first: Int) -> UnsafeBufferPointer<JSONObject.Member> {
        UnsafeBufferPointer(start: storage + first, count: count - first)
    }

    mutating func append(_ member: consuming JSONObject.Member) {
        if count == capacity { grow() }
        (storage + count).initialize(to: member)
        count += 1
    }

    /// Takes the members from `first` on.
    mutating func removeLast(from first: Int) -> ContiguousArray<JSONObject.Member> {
        let source = storage + first
        let number = count - first
        count = first
        var taken = ContiguousArray<JSONObject.Member>()
        taken.reserveCapacity(number)
        for index in 0..<number { taken.append((source + index).move()) }
        return taken
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<JSONObject.Member>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: storage, count: count)
        storage.deallocate()
        storage = larger
        capacity *= 2
    }
}

/// Which keys an object has had.
struct SeenKeys {
    /// A bit for each key, by its length and three of its bytes. An unset one proves that the key is new.
    private var marks: UInt64 = 0
    private var many: Set<ByteKey>?

    /// Notes the key; whether it is among the members already. Few are compared one by one; many go into a set, so that
    /// a hostile object costs no quadratic time.
    @inline(__always)
    mutating func isRepeated(
        _ key: String,
        spelled source: UnsafeBufferPointer<UInt8>,
        in members: UnsafeBufferPointer<JSONObject.Member>
    ) -> Bool {
        // A key with escapes is longer in the source than it is.
        let mark = source.count == key.utf8.count ? SeenKeys.mark(source) : SeenKeys.mark(ofEscaped: key)
        defer { marks |= mark }
        if members.count < 24 {
            guard marks & mark != 0 else { return false }
            for member in members where member.key.hasSameBytes(as: key) { return true }
            return false
        }
        return isRepeatedAmongMany(key, in: members)
    }

    private mutating func isRepeatedAmongMany(
        _ key: String,
        in members: UnsafeBufferPointer<JSONObject.Member>
    ) -> Bool {
        if many == nil {
            many = Set()
            for member in members { many?.insert(ByteKey(member.key)) }
        }
        return many?.insert(ByteKey(key)).inserted == false
    }

    @inline(__always)
    private static func mark(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        guard let first = bytes.first, let last = bytes.last else { return 1 }
        let sum = Int(first) &* 7 &+ Int(last) &* 3 &+ Int(bytes[bytes.count / 2]) &* 5 &+ bytes.count
        return 1 << UInt64(truncatingIfNeeded: sum & 63)
    }

    private static func mark(ofEscaped key: String) -> UInt64 {
        var key = key
        return key.withUTF8(mark)
    }
}
