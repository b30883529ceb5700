import AWSClient
import AWSOperations
import Basics
import Findings
import Handlers
import Logging
import LosslessJSON

/// Access Analyzer with a preview that is ready, whose findings come from outside; nothing else is permitted.
private struct Foreseeing: AWSCaller {
    let findings: [UInt8]

    func call<Operation: AWSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
        let body: [UInt8]
        switch Operation.name {
        case GetAccessPreview.name: body = Array(#"{"accessPreview":{"status":"COMPLETED"}}"#.utf8)
        case ListAccessPreviewFindings.name: body = findings
        default:
            throw AWSError(
                kind: .accessDenied,
                service: Operation.service.id,
                operation: Operation.name,
                message: "none here"
            )
        }
        return try operation.output(from: WireResponse(status: 200, body: body))
    }

    var environment: HandlerEnvironment {
        var settings = Settings()
        settings.mode = .enforce
        return HandlerEnvironment(
            settings: settings,
            aws: self,
            member: { _, _ in self },
            ownAccount: OwnAccount(),
            region: try? Region("us-east-1"),
            logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() },
            now: { Timestamp(secondsSinceEpoch: 1_795_250_400) },
            pause: { _ in }
        )
    }
}

extension FuzzTarget {
    /// A case whose preview is waited for, and what Access Analyzer finds by then: `{"case", "answer"}`.
    static let preview = FuzzTarget(
        "preview",
        .json,
        words: [
            #""case""#, #""answer""#, #""preview""#, #""status""#, #""PENDING""#, #""CONFIRMED""#, #""form""#,
            #""CONDITION""#, #""PRINCIPAL""#, #""id""#, #""analyzerArn""#, #""attempt""#, #""limit""#, #""why""#,
            #""findings""#, #""nextToken""#, #""existingFindingId""#, #""existingFindingStatus""#, #""changeType""#,
            #""NEW""#, #""CHANGED""#, #""UNCHANGED""#, #""ACTIVE""#, #""ARCHIVED""#, #""RESOLVED""#, #""resource""#,
            #""principal""#, #""AWS""#, #""action""#, #""condition""#, #""decision""#, #""RESOLVE""#, #""APPROVE""#,
            #""arn:aws:access-analyzer:us-east-1:123456789012:analyzer/A""#,
            #""7b8e952c-6cdf-582a-b732-2556a04e8bda""#,
        ]
    ) { (input) throws(Breach) in
        guard let json = try? JSON.parse(input), let given = json["case"], let found = json["answer"],
            let read = try? Case(given)
        else { return false }
        let answer = try result { () async -> [UInt8]? in
            let caller = Foreseeing(findings: found.serialized())
            return try? await HandlerName.preview.run(given.serialized(), caller.environment)
        }
        guard let answer else { return false }
        guard let told = try? JSON.parse(answer), let again = try? Case(told) else {
            throw Breach("the next step cannot read the answer")
        }
        try hold(again.finding == read.finding, "the case is of another finding")
        try hold(read.outcome != nil || again.outcome?.changes.isEmpty != false, "a preview changes something")
        // What is not looked at stays as it came.
        guard read.preview?.status == .pending, again.preview != read.preview, let preview = again.preview else {
            return false
        }
        let findings = found["findings"]?.array ?? []
        let isNew = findings.contains { $0["changeType"]?.string == "NEW" && $0["status"]?.string == "ACTIVE" }
        switch preview.status {
        case .confirmed:
            try hold(!isNew, "confirmed, although something new would appear")
            let isClosed = findings.contains { one in
                one["status"]?.string == "RESOLVED" && one["existingFindingId"]?.string != nil
            }
            try hold(isClosed, "confirmed, although nothing would be resolved")
        case .contradicted: try hold(isNew, "contradicted, although nothing new would appear")
        case .unconfirmed: try hold(!isNew, "something new would appear, and is not told")
        case .pending, .unavailable: break
        }
        return preview.status != .unavailable
    }
}
