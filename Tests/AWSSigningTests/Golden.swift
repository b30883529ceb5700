import AWSSigning
import Basics
import FoundationEssentials

/// One record of goldens.txt, which goldens.py writes.
struct Golden: Sendable, CustomStringConvertible {
    var name = ""
    var request = SignableRequest(method: "", host: "", path: "", payloadHash: "")
    var query: [(name: String, value: String)] = []
    var body: [UInt8] = []
    var payloadHash = ""
    var region = ""
    var service = ""
    var token: String?
    var date = Timestamp(secondsSinceEpoch: 0)
    var basicDate = ""
    var authorization = ""

    var description: String { name }

    static let all: [Golden] = {
        let path = #filePath.replacing("Golden.swift", with: "goldens.txt")
        guard let data = try? Data(contentsOf: URL(filePath: path)) else { return [] }
        return String(decoding: data, as: UTF8.self).split(separator: "\n\n").map { Golden(record: $0) }
    }()

    private init(record: Substring) {
        var method = ""
        var host = ""
        var path = ""
        var headers: [(name: String, value: String)] = []
        for line in record.split(separator: "\n") {
            let parts = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            switch parts[0] {
            case "case": name = parts[1]
            case "method": method = parts[1]
            case "host": host = parts[1]
            case "path": path = parts[1]
            case "query": query.append((parts[1], parts[2]))
            case "header": headers.append((parts[1], parts[2]))
            case "body": body = Array(parts[1].utf8)
            case "payload": payloadHash = parts[1]
            case "scope": (region, service) = (parts[1], parts[2])
            case "token": token = parts[1]
            case "date":
                date = Timestamp(secondsSinceEpoch: Int64(parts[1]) ?? 0)
                basicDate = parts[2]
            case "authorization": authorization = parts[1]
            default: break
            }
        }
        request = SignableRequest(
            method: method,
            host: host,
            path: path,
            canonicalQuery: CanonicalQuery.text(query),
            headers: headers,
            payloadHash: SHA256.hexadecimal(of: body)
        )
    }
}
