import LosslessJSON

/// What Lambda takes as an answer.
///
/// Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
package enum AnswerSize {
    /// In bytes.
    package static let limit = 6 * 1024 * 1024
}

extension JSONObject {
    /// Refuses, before anything is changed, an input whose answer would not fit.
    ///
    /// - Parameter room: what later steps may add: the notification's ids, and an after-document with others' changes.
    func checkSize(room: Int = 32 * 1024) throws(HandlerError) {
        let size = JSON.object(self).serialized().count + room
        guard size <= AnswerSize.limit else {
            throw HandlerError(
                .responseTooLarge,
                "the answer would have about \(size) bytes but Lambda takes \(AnswerSize.limit); nothing was done"
            )
        }
    }
}
