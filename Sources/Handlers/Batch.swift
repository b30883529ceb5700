import Findings
import LosslessJSON

/// The records of an SQS batch.
///
/// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
struct Batch {
    /// One message of the queue.
    struct Record {
        let messageID: String
        let body: JSON?
        /// Messages of one group of a FIFO queue keep their order; `nil` in other queues.
        let group: String?

        /// The case in the message's body, of at most `values` JSON values.
        func readCase(values: Int) throws(HandlerError) -> Case {
            guard let text = body?.string else {
                throw HandlerError(InvalidEvent("body", "must be the text of an event"))
            }
            return try HandlerError.decoding { () throws(InvalidEvent) in try Case(Array(text.utf8), values: values) }
        }
    }

    let records: [Record]

    /// Reads a batch; `nil` when the input is none. Throws when a record has no id to name it by.
    init?(_ json: JSON) throws(InvalidEvent) {
        guard let list = json["Records"] else { return nil }
        guard let list = list.array else { throw InvalidEvent("Records", "must be a list, not \(list.kind)") }
        var records: [Record] = []
        for (index, record) in list.enumerated() {
            guard let id = record["messageId"]?.string, !id.isEmpty else {
                throw InvalidEvent("Records[\(index)].messageId", "must be a string that is not empty")
            }
            let group = record["attributes"]?["MessageGroupId"]?.string
            records.append(Record(messageID: id, body: record["body"], group: group))
        }
        self.records = records
    }
}
