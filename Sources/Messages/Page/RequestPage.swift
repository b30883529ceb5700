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

    /// What is asked beside the case.
    package struct Request: Sendable {
        /// What would be done, as a sentence.
        let summary: String
        let changes: [Change]
        let proof: [String]
        let until: Timestamp
        /// Whom else it was sent to, as a sentence; empty where that is not known.
        let asked: String
        /// How many days nobody is asked again when it is rejected.
        let coolDownDays: Int

        package init(
            summary: String,
            changes: [Change],
            proof: [String],
            until: Timestamp,
            asked: String,
            coolDownDays: Int
        ) {
            self.summary = summary
            self.changes = changes
            self.proof = proof
            self.until = until
            self.asked = asked
            self.coolDownDays = coolDownDays
        }
    }

    /// The whole document.
    package let html: String

    /// A page must stay far below the 6 MB that a function may answer.
    private static let (mostLines, mostCharacters) = (3000, 2000)

    /// - Parameters:
    ///   - input: the case that is asked about.
    ///   - token: what the form sends back.
    ///   - user: the ARN of who is looking, where it is known; else a name is asked for.
    package init(_ input: Case, _ guide: any ResourceGuide, _ request: Request, token: String, user: String?) {
        var body = HTML()
        body.add(
            """
            <a class="skip" href="#decide">Skip to the decision</a>
            <header>
            <p>Gatehouse asks you to decide</p>
            </header>
            <main>
            <h1>Block this access?</h1>
            <p class="lead">
            """
        )
        body.add(text: Lead.sentence(input, guide))
        body.add("</p>\n<p>The access is open now. Nothing is changed unless somebody approves before ")
        body.add(time: request.until)
        body.add(".</p>\n")
        body.add(access: input)
        body.add(reasonsOf: input)
        body.add(changesOf: request, input)
        body.add(termsOf: request, input)
        body.add(formWith: token, user, coolDownDays: request.coolDownDays)
        body.add("</main>\n")
        html = Page(title: "Decide: block this access?", body: body).html
    }

    fileprivate static func shown(_ diff: String) -> (lines: [String], left: Int) {
        var lines = diff.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return (
            lines.prefix(mostLines).map { String($0).printable(limit: mostCharacters) }, max(0, lines.count - mostLines)
        )
    }
}

extension HTML {
    fileprivate mutating func add(time: Timestamp) {
        add(trusted: "<time datetime=\"\(time.extended)\">\(time.words)</time>")
    }

    /// What is open, and to whom.
    fileprivate mutating func add(access input: Case) {
        let finding = input.finding
        add("<h2>The access</h2>\n<dl>\n")
        add(term: "Resource", finding.resource.description, isCode: true)
        add(term: "Account", Self.value(ContextWords.accountLine(input)))
        add(term: "Who gets in", each: PrincipalWords.lines(input).map(Self.value))
        add(term: "What they can do", each: AccessWords.lines(finding, isBlocked: false).map(Self.value))
        add(term: "Condition", each: ConditionWords.lines(finding).map(Self.value))
        add(term: "Public", finding.isPublic == true ? "Yes: everybody." : "No: only whom is named above.")
        add(term: "About the resource", each: ContextWords.lines(input))
        let unavailable = MessageSections(input).unavailable.dropFirst()
        add(term: "Could not be looked up", each: unavailable.map { String($0.dropFirst(2)) })
        add("</dl>\n")
    }

    /// What follows `Name: `.
    private static func value(_ line: String) -> String {
        guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { return line }
        return String(line.utf8[line.utf8.index(after: colon)...].drop { $0 == UInt8(ascii: " ") }) ?? line
    }

    /// The score with its lines, and the rule.
    fileprivate mutating func add(reasonsOf input: Case) {
        guard let decision = input.decision else { return }
        add("h2", decision.risk.map { "Risk: \($0) of 100" } ?? "Risk: no score was made")
        add(list: decision.reasons.prefix(50).map(\.text))
        add("<h2>Why you are asked</h2>\n<dl>\n")
        add(term: "Rule", decision.rule, isCode: true)
        if let owner = decision.owner { add(term: "Owner of the rule", owner) }
        add("</dl>\n")
    }

    fileprivate mutating func add(changesOf request: RequestPage.Request, _ input: Case) {
        let proof = request.proof + (PreviewWords.sentence(input).map { [$0] } ?? [])
        add("<h2>What will be done</h2>\n")
        add("p", request.summary)
        for (index, change) in request.changes.enumerated() {
            let number = request.changes.count > 1 ? " \(index + 1) of \(request.changes.count)" : ""
            let name = "diff-\(index + 1)"
            add(trusted: "<h3 id=\"\(name)\">Change\(number), line by line</h3>\n<p><code>")
            add(text: change.operation)
            add("</code> on <code>")
            add(text: change.resource)
            add("</code></p>\n<p>Lines that begin with + are added, lines that begin with - are taken out.</p>\n")
            add(trusted: "<div class=\"diff\" role=\"region\" aria-labelledby=\"\(name)\" tabindex=\"0\"><pre>")
            let (lines, left) = RequestPage.shown(change.diff)
            for line in lines { add(diffLine: line) }
            add("</pre></div>\n")
            if left > 0 { add("p", "\(left) more lines: 'gatehouse approvals show' prints all of them.") }
        }
        guard !proof.isEmpty else { return }
        add("<h3>What is proven</h3>\n")
        add(list: proof)
    }

    private mutating func add(diffLine line: String) {
        let isAdded = line.hasPrefix("+") && !line.hasPrefix("+++")
        let isTakenOut = line.hasPrefix("-") && !line.hasPrefix("---")
        let element = isAdded ? "ins" : isTakenOut ? "del" : "span"
        add(trusted: "<\(element)>")
        add(text: line)
        add(trusted: "\n</\(element)>")
    }

    /// Until when, and who else.
    fileprivate mutating func add(termsOf request: RequestPage.Request, _ input: Case) {
        add("<h2>Until when, and who else is asked</h2>\n<dl>\n<dt>Decide before</dt><dd>")
        add(time: request.until)
        add("</dd>\n")
        add(term: "If nobody decides", "The access stays open, and the next event or sweep asks again.")
        let asked = request.asked.isEmpty ? "Whoever else has the message." : request.asked
        add(term: "Who else is asked", "\(asked) The first decision counts.")
        add(term: "Finding", input.finding.id, isCode: true)
        add("</dl>\n")
    }

    fileprivate mutating func add(formWith token: String, _ user: String?, coolDownDays: Int) {
        // The first button is what Enter in a field presses: a disabled one makes Enter decide nothing.
        add(
            """
            <h2 id="decide" tabindex="-1">Your decision</h2>
            <form method="post" action="/" aria-labelledby="decide">
            <button disabled hidden></button>
            <input type="hidden" name="token" value="
            """
        )
        add(text: token)
        add("\">\n")
        if let user {
            add("<p id=\"who\">You are <code>")
            add(text: user)
            add("</code></p>\n<p>This is recorded with the decision.</p>\n")
        } else {
            add(
                """
                <label for="name">Your name</label>
                <p class="hint" id="name-hint">Required. It is recorded as you type it, and nobody checks it.</p>
                <input id="name" name="name" type="text" required maxlength="100" autocomplete="name" \
                autocapitalize="words" spellcheck="false" aria-describedby="name-hint">

                """
            )
        }
        add(
            """
            <label for="reason">Reason</label>
            <p class="hint" id="reason-hint">Optional. Others will read it.</p>
            <textarea id="reason" name="reason" rows="3" maxlength="1000" aria-describedby="reason-hint"></textarea>
            <div class="choices">
            <div>
            <button type="submit" name="decision" value="approve" aria-describedby="approve-hint">Approve: block the \
            access</button>
            <p id="approve-hint">Exactly the change above is made, and it can be undone.</p>
            </div>
            <div>
            <button type="submit" name="decision" value="reject" aria-describedby="reject-hint">Reject: leave it \
            open</button>
            <p id="reject-hint">
            """
        )
        let again = coolDownDays == 0 ? "the next event asks again" : "nobody is asked again for \(coolDownDays) days"
        add(text: "Nothing is changed, and \(again).")
        add("</p>\n</div>\n</div>\n</form>\n")
    }
}
