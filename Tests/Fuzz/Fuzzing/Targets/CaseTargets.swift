import AWSClient
import Basics
import Findings
import Handlers
import LosslessJSON
import Messages
import Policies
import ResourceTypes
import Rules

private let now = "2026-11-21T08:40:00Z"

private let keys = [
    #""detail""#, #""detail-type""#, #""finding""#, #""findingId""#, #""id""#, #""kind""#, #""status""#, #""resource""#,
    #""resourceType""#, #""accountId""#, #""region""#, #""principal""#, #""action""#, #""actions""#, #""condition""#,
    #""isPublic""#, #""isDeleted""#, #""error""#, #""analyzerArn""#, #""context""#, #""decision""#, #""outcome""#,
    #""preview""#, #""CONFIRMED""#, #""UNCONFIRMED""#, #""CONTRADICTED""#, #""PENDING""#, #""form""#, #""PRINCIPAL""#,
    #""attempt""#, #""why""#,
    #""verification""#, #""notification""#, #""changes""#, #""before""#, #""after""#, #""operation""#, #""rollback""#,
    #""tags""#, #""unavailable""#, #""findingType""#, #""reasons""#, #""AWS""#, #""Federated""#, #""Service""#,
    #""CanonicalUser""#, #""aws:SourceVpce""#, #""aws:PrincipalOrgID""#, #""sources""#, #""source""#, #""resources""#,
    #""*""#, #""ACTIVE""#, #""ExternalAccess""#, #""UnusedPermission""#, #""AWS::IAM::Role""#, #""AWS::S3::Bucket""#,
    #""AWS::SQS::Queue""#, #""AWS::Lambda::LayerVersion""#, #""AWS::EC2::Snapshot""#, #""123456789012""#,
    #""arn:aws:iam::123456789012:role/a/b""#, #""arn:aws:s3:::b""#, #""arn:aws:sqs:us-east-1:123456789012:q""#,
    #""arn:aws:iam::999988887777:root""#, #""RESOLVED""#, #""RESOLVE""#, #""ARCHIVE""#, #""NOTIFY""#, #""us-east-1""#,
    #""Access Analyzer Finding""#, #""Unused Access Finding for IAM entities""#, #""Internal Access Finding""#,
]

extension FuzzTarget {
    /// Events and cases: read, decided by the built-in rules, told.
    static let event = FuzzTarget("event", .json, words: keys) { (input) throws(Breach) in
        let read: Case
        do throws(InvalidEvent) {
            read = try Case(input)
        } catch {
            try hold(!error.description.isEmpty, "an error without words")
            return false
        }
        let again = try? Case(JSON.object(read.json).serialized())
        try hold(again?.finding == read.finding, "the case as it is answered is another finding")
        try hold(again?.json == read.json, "the case as it is answered is read as another")
        try hold(again?.preview == read.preview, "the case as it is answered has another preview")

        let decision = RuleSet.builtIn.decide(read, now: now)
        try hold(
            RuleSet.builtIn.explain(read, now: now).decision == decision,
            "what is explained is not what is decided"
        )
        _ = RuleSet.strict.needsContext(read, now: now)
        var decided = read
        decided.decide(decision)
        let next = try? Case(JSON.object(decided.json).serialized())
        try hold(next?.decision?.action == decision.action, "the next step reads another decision")
        try told(decided)
        try replayed(input, as: decision)
        return true
    }

    private static func told(_ input: Case) throws(Breach) {
        guard let time = Timestamp(iso8601: now) else { return }
        let message = Message(input, KnownResourceGuide(), now: time)
        try hold(message.body.utf8.count <= Message.longestBody, "a message is too long")
        try hold((1...99).contains(message.subject.utf8.count), "a subject has \(message.subject.utf8.count) bytes")
        try hold(message.subject.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "a subject is not printable ASCII")
    }

    private static func replayed(_ input: [UInt8], as decision: Decision) throws(Breach) {
        var replay = Replay(RuleSet.builtIn, now: now)
        var output: [UInt8] = []
        input.withUnsafeBufferPointer { replay.answer(.whole($0), into: &output) }
        let action = (try? JSON.parse(output))?["decision"]?["action"]?.string
        try hold(action == decision.action.rawValue, "a replayed line does not hold the decision")
    }

    /// What is to be rolled back.
    static let rollback = FuzzTarget("rollback", .json, words: keys) { (input) throws(Breach) in
        let read: RollbackInput
        do throws(InvalidEvent) {
            read = try RollbackInput(input)
        } catch {
            try hold(!error.description.isEmpty, "an error without words")
            return false
        }
        try hold(
            (try? RollbackInput(JSON.object(read.json).serialized()))?.findingID == read.findingID,
            "another finding"
        )
        if let resource = read.resource.flatMap(ARN.init) { try undone(resource, read) }
        return true
    }

    /// Takes back what the input says was changed, in each document that it says was written.
    private static func undone(_ resource: ARN, _ input: RollbackInput) throws(Breach) {
        guard let region = try? Region("us-east-1") else { return }
        let place = ChangedResource(resource, partition: .aws, account: "123456789012", region: region)
        let changes = input.json["changes"]?.array ?? input.json["outcome"]?["changes"]?.array ?? []
        for case let remedy as any PolicyRemedy in KnownResourceTypes.remedies(for: place)?.remedies ?? [] {
            for document in changes.compactMap({ $0["after"].flatMap { try? PolicyDocument($0) } }) {
                let state = PolicyState(document)
                let closed = remedy.closedAccess(ofFinding: input.findingID, in: state)
                let plan = remedy.undo(finding: input.findingID, closed, nil, in: state)
                guard case .edit(let edit) = plan else { continue }
                let rest = edit.after.document.statements
                try hold(rest.count < document.statements.count, "what is taken back takes nothing out")
                try hold(rest.allSatisfy(document.statements.contains), "what is taken back changes another statement")
            }
        }
    }
}
