package import Basics
package import Findings
import LosslessJSON
import Policies

/// The page that shows a request for approval and takes the decision.
package struct RequestPage {
    /// One change that would be made.
    package struct Change: Sendable {
        let operation: String
        let resource: String
        /// A unified diff.
        let diff: String

        package init(operation: String, resource: String, diff: String) {
            self.operation = operation
            self.resource = resource
            self.diff = diff
        }
    }

    /// The whole document.
    package let html: String

    private static let mostDiffLines = 2000

    /// - Parameters:
    ///   - input: the case that is asked about.
    ///   - summary: what would be done, as a sentence.
    ///   - token: what the form sends back.
    ///   - user: the ARN of who is looking, where it is known; else a name is asked for.
    package init(
        _ input: Case,
        _ guide: any ResourceGuide,
        summary: String,
        changes: [Change],
        proof: [String],
        until: Timestamp,
        token: String,
        user: String?
    ) {
        let who = NamedThing(principalOf: input.finding)?.text ?? "somebody"
        let what = NamedThing(resourceOf: input, guide).text
        var main = HTML()
        main.add("<header><p class=\"brand\">Gatehouse asks for a decision</p>")
        main.add("h1", "Block this access?")
        main.add("<p class=\"lead\">")
        main.add(content: "\(who) can \(AccessVerb(input.finding).text) \(what), account \(input.finding.accountID).")
        main.add("</p><p class=\"until\">Decide until <time>")
        main.add(content: until.extended)
        main.add("</time> (UTC). Nothing has been changed yet. The first decision counts.</p>")
        main.add("<p><a href=\"#decide\">Go to the decision</a></p></header>")
        main.add(Self.access(input))
        main.add(Self.risk(input))
        main.add(Self.changes(summary, changes))
        main.add(Self.list("Why it is safe", proof))
        main.add(Self.form(token, user))
        html = Page(title: "Block this access?", main: main).html
    }

    private static func access(_ input: Case) -> HTML {
        var html = HTML()
        html.add("<section aria-labelledby=\"access\"><h2 id=\"access\">The access</h2><dl>")
        let sections = MessageSections(input)
        for line in sections.resource + sections.access + ContextWords.lines(input) {
            guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")),
                line.utf8.distance(from: line.startIndex, to: colon) < 50
            else {
                html.add("<dt>Note</dt>")
                html.add("dd", line)
                continue
            }
            html.add("dt", String(line[..<colon]))
            html.add("dd", String(line[line.utf8.index(after: colon)...].drop { $0 == " " }))
        }
        html.add("</dl></section>")
        return html
    }

    private static func risk(_ input: Case) -> HTML {
        var html = HTML()
        html.add("<section aria-labelledby=\"risk\"><h2 id=\"risk\">Risk and rule</h2>")
        if let decision = input.decision {
            html.add("<p>")
            let risk = decision.risk.map { "Risk \($0) of 100. " } ?? ""
            html.add(content: "\(risk)The rule \(decision.rule) asks for approval.")
            html.add("</p>")
            if let owner = decision.owner { html.add("p", "The rule's owner: \(owner)") }
            html.add("<ul>")
            for reason in decision.reasons.prefix(50) { html.add("li", reason.text, limit: 500) }
            html.add("</ul>")
        }
        let unavailable = MessageSections(input).unavailable
        if let heading = unavailable.first {
            html.add("p", heading)
            html.add("<ul>")
            for line in unavailable.dropFirst() { html.add("li", String(line.dropFirst(2)), limit: 500) }
            html.add("</ul>")
        }
        html.add("</section>")
        return html
    }

    private static func changes(_ summary: String, _ changes: [Change]) -> HTML {
        var html = HTML()
        html.add("<section aria-labelledby=\"change\"><h2 id=\"change\">What would be done</h2>")
        html.add("p", summary, limit: 4000)
        for change in changes {
            html.add("<h3>")
            html.add(content: change.operation, limit: 100)
            html.add("</h3>")
            html.add("p class=\"arn\"", change.resource)
            html.add("<div class=\"diff\" role=\"region\" tabindex=\"0\" aria-label=\"Difference\"><pre>")
            let lines = change.diff.split(separator: "\n", omittingEmptySubsequences: false)
            for line in lines.prefix(mostDiffLines) {
                let text = String(line)
                if text.hasPrefix("+"), !text.hasPrefix("+++") {
                    html.add("ins", text, limit: 20_000)
                } else if text.hasPrefix("-"), !text.hasPrefix("---") {
                    html.add("del", text, limit: 20_000)
                } else {
                    html.add("span", text, limit: 20_000)
                }
                html.add("\n")
            }
            html.add("</pre></div>")
            if lines.count > mostDiffLines {
                html.add("p", "\(lines.count - mostDiffLines) more lines: gatehouse approvals show prints all of them.")
            }
        }
        html.add("</section>")
        return html
    }

    private static func list(_ heading: String, _ sentences: [String]) -> HTML {
        var html = HTML()
        guard !sentences.isEmpty else { return html }
        html.add("<section aria-labelledby=\"proof\">")
        html.add("h2 id=\"proof\"", heading)
        html.add("<ul>")
        for sentence in sentences { html.add("li", sentence, limit: 1000) }
        html.add("</ul></section>")
        return html
    }

    private static func form(_ token: String, _ user: String?) -> HTML {
        var html = HTML()
        html.add(
            """
            <section aria-labelledby="decide"><h2 id="decide" tabindex="-1">Your decision</h2>
            <form method="post" action="/" autocomplete="on">
            """
        )
        // The first button is what Enter in a field presses: this one does nothing.
        html.add("<button type=\"submit\" disabled hidden>-</button><input type=\"hidden\" name=\"token\" value=")
        html.add(attribute: token)
        html.add(">")
        if let user {
            html.add("<p>You are <span class=\"arn\">")
            html.add(content: user)
            html.add("</span>, which is recorded.</p>")
        } else {
            html.add(
                """
                <p><label for="name">Your name</label><input id="name" name="name" required maxlength="100" autocomplete="name" \
                aria-describedby="name-note"><span id="name-note">It is recorded as the name that was typed.</span></p>
                """
            )
        }
        html.add(
            """
            <p><label for="reason">Reason (optional)</label><textarea id="reason" name="reason" rows="3" maxlength="1000">\
            </textarea></p><p class="buttons"><button class="approve" name="decision" value="approve">Approve: block the \
            access</button><button class="reject" name="decision" value="reject">Reject: leave it open</button></p></form>\
            </section>
            """
        )
        return html
    }
}
