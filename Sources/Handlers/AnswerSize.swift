import LosslessJSON

/// What Lambda takes as an answer, in bytes.
///
/// Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
package let largestAnswer = 6 * 1024 * 1024

/// Refuses, before anything is changed, an input whose answer would not fit.
///
/// - Parameter room: what later steps may add: the notification's ids, and an after-document with others' changes.
func checkSize(ofAnswer answer: JSONObject, room: Int = 32 * 1024) throws(HandlerError) {
    let size = JSON.object(answer).serialized().count + room
    guard size <= largestAnswer else {
        throw HandlerError(
            .responseTooLarge,
            "the answer would have about \(size) bytes but Lambda takes \(largestAnswer); nothing was done"
        )
    }
}
