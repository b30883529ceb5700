extension [[String]] {
    /// Paragraphs of lines with a blank line between, the empty ones left out.
    var paragraphs: String {
        filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }
}
