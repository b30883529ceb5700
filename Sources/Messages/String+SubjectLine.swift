import Basics

extension String {
    /// The text as SNS takes a subject: printable ASCII, at most 99 characters.
    ///
    /// Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
    package var subjectLine: String {
        let bytes = printable(limit: 2048).unicodeScalars.map {
            (0x20...0x7E).contains($0.value) ? UInt8($0.value) : UInt8(ascii: "?")
        }
        guard bytes.count > 99 else { return String(decoding: bytes, as: UTF8.self) }
        return String(decoding: bytes.prefix(96), as: UTF8.self) + "..."
    }
}
