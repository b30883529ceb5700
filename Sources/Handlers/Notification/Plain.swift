/// Text that may stand in a message: control and invisible formatting characters become spaces, so that a name or a
/// tag can neither start a new line nor turn the text around; at most `limit` characters.
package func plain(_ text: String, limit: Int = 2048) -> String {
    // Asking Unicode's tables costs; nearly all texts are printable ASCII.
    if text.utf8.count <= limit, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text }
    var result = ""
    var count = 0
    for scalar in text.unicodeScalars {
        if count == limit {
            result += "…"
            break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
            result.unicodeScalars.append(" ")
        default:
            result.unicodeScalars.append(scalar)
        }
        count += 1
    }
    return result
}

/// A subject as SNS takes it: printable ASCII, at most 99 characters.
///
/// Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
package func subjectLine(_ text: String) -> String {
    let bytes = plain(text).unicodeScalars.map {
        (0x20...0x7E).contains($0.value) ? UInt8($0.value) : UInt8(ascii: "?")
    }
    guard bytes.count > 99 else { return String(decoding: bytes, as: UTF8.self) }
    return String(decoding: bytes.prefix(96), as: UTF8.self) + "..."
}
