import AWSClient

extension FuzzTarget {
    /// XML answers.
    static let xml = FuzzTarget(
        "xml",
        .text,
        words: [
            "<", ">", "</", "/>", "<a>", "</a>", "<a:b>", "</a:b>", "<a/>", "<!--", "-->", "<![CDATA[", "]]>", "<?",
            "?>",
            "<!DOCTYPE a [<!ENTITY b \"c\">]>", "&amp;", "&lt;", "&#x41;", "&#65;", "&#0;", "&#xD800;", "&#x10FFFF;",
            "&#x110000;", "&#13;", "&#99999999999;", "&", ";", " xmlns=\"u\"", " b='c'", "=", "\"", "'", "\r\n", "\r",
            " ", ":",
            "<member>", "</member>", "<Error><Code>", "-", "1",
        ]
    ) { (input) throws(Breach) in
        let element: XMLElement
        do throws(XMLError) {
            element = try XMLElement.parse(input)
        } catch {
            try hold((0...input.count).contains(error.offset), "an error at byte \(error.offset) of \(input.count)")
            return false
        }
        let written = element.document(namespace: "urn:x")
        try hold((try? XMLElement.parse(Array(written.utf8))) == element, "what is written reads as something else")
        return true
    }
}
