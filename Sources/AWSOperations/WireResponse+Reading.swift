import AWSClient
import Basics
import LosslessJSON

extension WireResponse {
    /// The next page's token in this answer, `json`; an empty one is none.
    func nextToken(_ json: JSON) -> String? {
        json["NextToken"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A member of an answer that may be left out. An answer of another kind is not taken for one without it.
    func member(_ key: String) throws(AWSError) -> JSON? {
        let json = try json()
        if let value = json[key] { return value }
        guard json.object != nil, json["__type"] == nil, json["message"] == nil, json["Message"] == nil else {
            throw unreadable("the answer is none that could hold \(key)")
        }
        return nil
    }

    /// A list of tags; an absent one is an empty one.
    func tags(_ list: JSON?, key: String = "Key", value: String = "Value") throws(AWSError) -> [Tag] {
        guard let list, list != .null else { return [] }
        guard let elements = list.array else { throw unreadable("the answer's tags are not a list") }
        var tags: [Tag] = []
        tags.reserveCapacity(elements.count)
        for element in elements {
            guard let name = element[key]?.string else { throw unreadable("a tag in the answer has no key") }
            tags.append(Tag(name, element[value]?.string ?? ""))
        }
        return tags
    }

    /// Tags as an object; an absent one is an empty one.
    func tags(map: JSON?) throws(AWSError) -> [Tag] {
        guard let map, map != .null else { return [] }
        guard let object = map.object else { throw unreadable("the answer's tags are not an object") }
        var tags: [Tag] = []
        tags.reserveCapacity(object.count)
        for member in object.members {
            guard let value = member.value.string else { throw unreadable("a tag in the answer is not a string") }
            tags.append(Tag(member.key, value))
        }
        return tags
    }

    /// A list of tags; an absent one is an empty one.
    func tags(_ list: XMLElement?, key: String = "Key", value: String = "Value") throws(AWSError) -> [Tag] {
        var tags: [Tag] = []
        for element in list?.children ?? [] {
            guard let name = element.text(at: key), !name.isEmpty else {
                throw unreadable("a tag in the answer has no key")
            }
            tags.append(Tag(name, element.text(at: value) ?? ""))
        }
        return tags
    }

    /// A moment in ISO 8601, also with an offset such as `+0000`; `nil` for an absent one.
    func time(_ text: String?) throws(AWSError) -> Timestamp? {
        guard let text, !text.isEmpty else { return nil }
        let spelled = text.hasSuffix("+0000") ? text.dropLast(5) + "Z" : text[...]
        guard let time = Timestamp(iso8601: String(spelled)) else {
            throw unreadable("'\(text.prefix(40))' in the answer is not a time")
        }
        return time
    }

    /// A moment in seconds since 1970, perhaps with a fraction; `nil` for an absent one.
    func time(_ json: JSON?) throws(AWSError) -> Timestamp? {
        switch json {
        case nil, .null: return nil
        case .string(let text): return try time(text)
        case .number(let number):
            // The last second of the year 9999.
            guard let seconds = Double(number.spelling), seconds >= 0, seconds < 253_402_300_800 else { break }
            return Timestamp(secondsSinceEpoch: Int64(seconds))
        default: break
        }
        throw unreadable("a time in the answer cannot be read")
    }

    /// `true` or `false`; `nil` for an absent one.
    func truth(_ text: String?) throws(AWSError) -> Bool? {
        switch text {
        case nil: nil
        case "true": true
        case "false": false
        default: throw unreadable("a value in the answer is neither true nor false")
        }
    }
}
