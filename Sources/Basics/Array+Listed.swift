extension [String] {
    /// Up to `limit` of the texts with commas between, each of at most 100 characters, and how many more there are.
    package func listed(limit: Int = 20) -> String {
        let shown = prefix(limit).map { $0.printable(limit: 100) }.joined(separator: ", ")
        return count > limit ? "\(shown) and \(count - limit) more" : shown
    }
}
