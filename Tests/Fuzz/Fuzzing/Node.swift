import LosslessJSON
import TestSupport

/// A JSON text taken apart, but one that can also be wrong: spellings are bytes, and a key may occur twice.
indirect enum Node: Sendable {
    case leaf([UInt8])
    case list([Node])
    case map([(key: [UInt8], value: Node)])

    init(_ json: JSON) {
        switch json {
        case .array(let elements): self = .list(elements.map(Node.init))
        case .object(let object): self = .map(object.members.map { (JSON.string($0.key).serialized(), Node($0.value)) })
        default: self = .leaf(json.serialized())
        }
    }

    /// How many nodes there are, this one counted.
    var count: Int {
        switch self {
        case .leaf: 1
        case .list(let elements): elements.reduce(1) { $0 + $1.count }
        case .map(let members): members.reduce(1) { $0 + $1.value.count }
        }
    }

    /// The node at a place, counted in the order of the text; `nil` behind the last one.
    func node(at place: inout Int) -> Node? {
        guard place > 0 else { return self }
        place -= 1
        switch self {
        case .leaf: return nil
        case .list(let elements):
            for element in elements {
                if let found = element.node(at: &place) { return found }
            }
        case .map(let members):
            for member in members {
                if let found = member.value.node(at: &place) { return found }
            }
        }
        return nil
    }

    /// Changes the node at a place; gives whether there is one.
    @discardableResult
    mutating func change(at place: inout Int, _ change: (inout Node) -> Void) -> Bool {
        guard place > 0 else {
            change(&self)
            return true
        }
        place -= 1
        switch self {
        case .leaf: return false
        case .list(var elements):
            self = .leaf([])
            defer { self = .list(elements) }
            for index in elements.indices where elements[index].change(at: &place, change) { return true }
        case .map(var members):
            self = .leaf([])
            defer { self = .map(members) }
            for index in members.indices where members[index].value.change(at: &place, change) { return true }
        }
        return false
    }

    /// Appends the text, with white space between tokens now and then where it is asked for.
    func write(into bytes: inout [UInt8], spaced random: inout SeededRandom, _ isSpaced: Bool) {
        func space(_ random: inout SeededRandom) {
            guard isSpaced, random.chance(1, in: 4) else { return }
            bytes.append([0x20, 0x0A, 0x0D, 0x09][random.below(4)])
        }
        space(&random)
        switch self {
        case .leaf(let spelling): bytes += spelling
        case .list(let elements):
            bytes.append(UInt8(ascii: "["))
            for index in elements.indices {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                elements[index].write(into: &bytes, spaced: &random, isSpaced)
            }
            bytes.append(UInt8(ascii: "]"))
        case .map(let members):
            bytes.append(UInt8(ascii: "{"))
            for index in members.indices {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                space(&random)
                bytes += members[index].key
                space(&random)
                bytes.append(UInt8(ascii: ":"))
                members[index].value.write(into: &bytes, spaced: &random, isSpaced)
            }
            bytes.append(UInt8(ascii: "}"))
        }
        space(&random)
    }
}
