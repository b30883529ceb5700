import Basics

/// The members of a JSON object in their own order. A key occurs once.
///
/// Keys are compared byte by byte, as AWS does, and not by Unicode equivalence.
package struct JSONObject: Sendable {
    /// One `key: value` pair.
    package struct Member: Sendable, Equatable {
        /// The key, unescaped.
        package let key: String
        /// The value.
        package var value: JSON

        /// Whether key and value are written alike, byte by byte.
        package static func == (left: Member, right: Member) -> Bool {
            left.key.hasSameBytes(as: right.key) && left.value == right.value
        }
    }

    /// All members in order.
    package private(set) var members: ContiguousArray<Member>

    /// An object without members.
    package init() {
        members = []
    }

    /// An object of these members in this order; of a repeated key the last value stays, in the first one's place.
    package init(_ pairs: [(String, JSON)]) {
        members = []
        members.reserveCapacity(pairs.count)
        // Many keys are looked up in a dictionary, so that a hostile object costs no quadratic time.
        var places: [ByteKey: Int]?
        for (key, value) in pairs {
            if members.count == 24 {
                places = Dictionary(members.enumerated().map { (ByteKey($1.key), $0) }) { first, _ in first }
            }
            if let place = places.map({ $0[ByteKey(key)] }) ?? index(of: key) {
                members[place].value = value
            } else {
                places?[ByteKey(key)] = members.count
                members.append(Member(key: key, value: value))
            }
        }
    }

    /// Appends the members of another object whose keys are not there yet.
    package mutating func append(missingFrom other: JSONObject, except: [String]) {
        guard other.count > 64 else {
            for member in other.members where self[member.key] == nil && !except.contains(member.key) {
                members.append(member)
            }
            return
        }
        let present = Set((keys + except).map(ByteKey.init))
        members += other.members.filter { !present.contains(ByteKey($0.key)) }
    }

    /// Members that are known to have different keys: the parser has looked.
    init(unchecked members: ContiguousArray<Member>) {
        self.members = members
    }

    /// The number of members.
    package var count: Int { members.count }

    /// Whether there is no member at all.
    package var isEmpty: Bool { members.isEmpty }

    /// The keys in order.
    package var keys: [String] { members.map(\.key) }

    /// The value of `key`. Setting replaces it in its place, or appends it; `nil` removes the member.
    package subscript(_ key: String) -> JSON? {
        get {
            index(of: key).map { members[$0].value }
        }
        set {
            switch (index(of: key), newValue) {
            case (let index?, let value?): members[index].value = value
            case (nil, let value?): members.append(Member(key: key, value: value))
            case (let index?, nil): members.remove(at: index)
            case (nil, nil): break
            }
        }
    }

    private func index(of key: String) -> Int? {
        members.firstIndex { $0.key.hasSameBytes(as: key) }
    }
}

extension JSONObject: Equatable {
    /// Equal members in the same order.
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.members == right.members
    }
}

/// A key that equals another only byte by byte, and hashes so: keys that Unicode calls equal are several, and must not
/// all fall into one place either.
struct ByteKey: Hashable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: ByteKey, right: ByteKey) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
