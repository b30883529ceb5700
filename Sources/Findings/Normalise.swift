/// An ARN or type as it should have been written: without white space, and `aws:arn:` put right.
///
/// The published example event holds both faults.
package func normalised(_ text: String) -> String {
    var result = text
    if text.unicodeScalars.contains(where: \.properties.isWhitespace) {
        result = ""
        for scalar in text.unicodeScalars where !scalar.properties.isWhitespace {
            result.unicodeScalars.append(scalar)
        }
    }
    let swapped = "aws:arn:"
    return result.hasPrefix(swapped) ? "arn:aws:" + result.dropFirst(swapped.count) : result
}
