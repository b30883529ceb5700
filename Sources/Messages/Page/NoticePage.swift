/// A page that says one thing: what was decided, or why nothing was.
package struct NoticePage {
    /// The whole document.
    package let html: String

    /// A line of a decision, such as who made it.
    package struct Fact: Sendable {
        let term: StaticString
        let text: String
        let isCode: Bool

        package init(_ term: StaticString, _ text: String, isCode: Bool = false) {
            self.term = term
            self.text = text
            self.isCode = isCode
        }
    }

    /// - Parameters:
    ///   - title: the heading in a word or two.
    ///   - kicker: what stands above the heading.
    ///   - paragraphs: what follows from it.
    ///   - command: what to type; `nil` where nothing is.
    package init(
        title: String,
        kicker: String,
        heading: String,
        _ paragraphs: [String],
        command: String? = nil,
        facts: [Fact] = []
    ) {
        var body = HTML()
        body.add("<header>\n")
        body.add("p", kicker)
        body.add("</header>\n<main>\n")
        body.add("h1", heading)
        for (number, paragraph) in paragraphs.enumerated() {
            body.add(number == 0 ? "<p class=\"lead\">" : "<p>")
            body.add(text: paragraph)
            body.add("</p>\n")
        }
        if let command {
            body.add("<p>")
            body.add("code", command)
            body.add("</p>\n")
        }
        if !facts.isEmpty {
            body.add("<dl>\n")
            for fact in facts { body.add(term: fact.term, fact.text, isCode: fact.isCode) }
            body.add("</dl>\n")
        }
        body.add("</main>\n")
        html = Page(title: title, body: body).html
    }
}
