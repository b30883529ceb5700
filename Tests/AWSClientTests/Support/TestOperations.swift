import AWSClient
import Basics
import LosslessJSON

extension AWSService {
    static let things = AWSService(id: "Thing Store", signingName: "things", endpointPrefix: "things")
}

extension Region {
    static let frankfurt = Region.made("eu-central-1")

    /// A region that is known to be one.
    static func made(_ name: String) -> Region {
        do {
            return try Region(name)
        } catch {
            return Partition.aws.globalRegion
        }
    }
}

/// Reads `<Answer><Value>…</Value></Answer>`.
struct ReadThing: AWSOperation {
    static let service = AWSService.things
    static let name = "ReadThing"
    static let isWrite = false
    var region = Region.frankfurt
    var key = "a b/c"

    func wireRequest() throws(AWSError) -> WireRequest {
        .restJSON(method: "GET", path: "/things/\(PercentEncoding.segment(key))", query: [("x", "1 2"), ("a", "ä")])
    }

    func output(from response: WireResponse) throws(AWSError) -> String {
        guard let value = try response.xml().text(at: "Value") else { throw response.unreadable("no Value") }
        return value
    }
}

/// Writes with the query protocol.
struct WriteThing: AWSOperation {
    static let service = AWSService.things
    static let name = "WriteThing"
    static let isWrite = true
    var region = Region.frankfurt
    var value = "v"

    func wireRequest() throws(AWSError) -> WireRequest {
        .query(action: "WriteThing", version: "2026-01-01", parameters: [("Value", value)])
    }

    func output(from response: WireResponse) throws(AWSError) -> String {
        guard let value = try response.xml().text(at: "Value") else { throw response.unreadable("no Value") }
        return value
    }
}

/// Sends a path that is not encoded.
struct BrokenThing: AWSOperation {
    static let service = AWSService.things
    static let name = "BrokenThing"
    static let isWrite = false
    var region = Region.frankfurt

    func wireRequest() throws(AWSError) -> WireRequest {
        .restJSON(method: "GET", path: "/a b\r\nx: y")
    }

    func output(from response: WireResponse) throws(AWSError) -> Int { response.status }
}
