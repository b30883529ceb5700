/// What there is to say about one kind of problem.
package struct RuleCodePage: Sendable {
    /// A few words.
    package let title: String
    /// Why it is a problem, and what to do.
    package let text: String
    /// A rules file that has it.
    package let wrong: String
    /// The same without it.
    package let right: String

    /// For a terminal.
    package var plainText: String {
        "\(text)\n\nWrong:\n\n\(indented(wrong))\n\nRight:\n\n\(indented(right))\n"
    }

    private func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }.joined(separator: "\n")
    }
}

extension RuleCode {
    /// Its page.
    package var page: RuleCodePage {
        isError ? errorPage : warningPage
    }

    /// The page as Markdown, as it stands in `Rules.docc/Codes`.
    package var pageMarkdown: String {
        """
        # \(rawValue): \(page.title)

        \(page.text)

        Wrong:

        ```json
        \(page.wrong)
        ```

        Right:

        ```json
        \(page.right)
        ```

        """
    }

    /// A rules file of one rule.
    static func example(
        when: String = #"{"isPublic": {"eq": ["true"]}}"#,
        _ action: String = "NOTIFY",
        more: String = ""
    ) -> String {
        """
        {"version": 1, "rules": [
          {"name": "example", \(more)"action": "\(action)",
           "when": \(when)}
        ]}
        """
    }
}
