import Findings
import Logging
import LosslessJSON

/// The records of an SQS batch: each message's id and body.
///
/// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
struct Batch {
    let records: [(messageID: String, body: JSON?)]

    /// Reads a batch; `nil` when the input is none. Throws when a record has no id to name it by.
    init?(_ json: JSON) throws(InvalidEvent) {
        guard let list = json["Records"] else { return nil }
        guard let list = list.array else { throw InvalidEvent("Records", "must be a list, not \(list.kind)") }
        var records: [(messageID: String, body: JSON?)] = []
        for (index, record) in list.enumerated() {
            guard let id = record["messageId"]?.string, !id.isEmpty else {
                throw InvalidEvent("Records[\(index)].messageId", "must be a string that is not empty")
            }
            records.append((id, record["body"]))
        }
        self.records = records
    }
}

/// Answers each record of a batch by itself, one after the other; a record that fails is named and comes again alone.
func respond(_ batch: Batch, _ environment: HandlerEnvironment) async -> JSONObject {
    var failures: [JSON] = []
    for record in batch.records {
        do throws(HandlerError) {
            log(try await respond(try finding(in: record.body), environment).json, environment.logger)
        } catch {
            environment.logger.error(
                "a record of the batch failed",
                metadata: [
                    "messageId": .string(record.messageID), "errorType": .string(error.type),
                    "errorMessage": .string(error.message),
                ]
            )
            failures.append(["itemIdentifier": .string(record.messageID)])
        }
    }
    return JSONObject([("batchItemFailures", .array(failures))])
}

private func finding(in body: JSON?) throws(HandlerError) -> Case {
    guard let text = body?.string else {
        throw HandlerError(InvalidEvent("body", "must be the text of an event"))
    }
    return try decoded { () throws(InvalidEvent) in try Case(Array(text.utf8)) }
}
