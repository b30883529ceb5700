/// A page that says one thing: what was decided, or why nothing was.
package struct NoticePage {
    /// The whole document.
    package let html: String

    /// - Parameters:
    ///   - heading: what it says, in a few words.
    ///   - paragraphs: what follows from it.
    package init(_ heading: String, _ paragraphs: [String]) {
        var main = HTML()
        main.add("<header><p class=\"brand\">Gatehouse</p>")
        main.add("h1", heading)
        main.add("</header>")
        for paragraph in paragraphs { main.add("p", paragraph, limit: 4000) }
        html = Page(title: heading, main: main).html
    }
}
