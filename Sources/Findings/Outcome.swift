package import LosslessJSON

/// What was done about a finding. Nothing is in here that was not done.
package struct Outcome: Sendable, Equatable {
    /// How it ended.
    package enum Status: String, Sendable {
        /// Access Analyzer has the finding archived.
        case archived = "ARCHIVED"
        /// The change is written and read back.
        case resolved = "RESOLVED"
        /// The access was blocked or gone before we came.
        case alreadyResolved = "ALREADY_RESOLVED"
        /// Observe mode: only what would be done.
        case observed = "OBSERVED"
        /// The finding needs nothing any more.
        case ignored = "IGNORED"
        /// The resource is tagged as one never to be changed.
        case exempt = "EXEMPT"
        /// A role that must not be edited.
        case protected = "PROTECTED"
        /// The change would be unsafe or invalid.
        case refused = "REFUSED"
        /// A person has been asked.
        case awaitingApproval = "AWAITING_APPROVAL"
        /// A person said no.
        case deniedApproval = "DENIED_APPROVAL"
        /// Our change is taken out again.
        case rolledBack = "ROLLED_BACK"
        /// Somebody has edited since, so our change was left.
        case conflict = "CONFLICT"
        /// It was tried and did not succeed.
        case failed = "FAILED"
    }

    /// One policy before and after.
    package struct Change: Sendable, Equatable {
        /// The resource's ARN.
        package let resource: String
        /// Such as `iam:UpdateAssumeRolePolicy`.
        package let operation: String
        /// The document as it was.
        package let before: JSON
        /// The document as it is now, or would be.
        package let after: JSON
        /// Both as a unified diff.
        package let diff: String

        /// Whether it is a policy in which our statement is found by its Sid; what else was changed has to be told to
        /// whoever undoes it.
        package var isFoundBySid: Bool {
            after["Statement"]?.array?.contains { $0["Sid"]?.string?.hasPrefix("Gatehouse") ?? false }
                ?? after.object?.keys.contains { $0.hasPrefix("Gatehouse") } ?? false
        }

        /// What somebody agrees to: the call, and the documents before and after, but for the moment that it is made at.
        package var bound: JSON {
            [.string(resource), .string(operation), before.withoutMoments, after.withoutMoments]
        }

        /// What `rollback` has to be told to undo it.
        package var named: JSON {
            let change = JSONObject([("resource", .string(resource)), ("operation", .string(operation))])
            guard !isFoundBySid else { return .object(change) }
            return .object(
                JSONObject(change.members.map { ($0.key, $0.value) } + [("before", before), ("after", after)])
            )
        }

        package init(resource: String, operation: String, before: JSON, after: JSON, diff: String) {
            self.resource = resource
            self.operation = operation
            self.before = before
            self.after = after
            self.diff = diff
        }
    }

    /// The way back.
    package struct Rollback: Sendable, Equatable {
        /// As AWS writes it.
        package let findingID: String
        /// What to type, quoted for a POSIX shell.
        package let command: String

        package init(findingID: String, command: String) {
            self.findingID = findingID
            self.command = command
        }
    }

    /// How a change stands that a person decides about.
    package enum Approval: Sendable, Equatable {
        /// It is to be decided.
        ///
        /// - Parameters:
        ///   - seconds: how long a workflow's task has to wait for it.
        ///   - last: which request people were asked last, and how that stood when the change was planned; empty for none,
        ///     `nil` where it is not known.
        case isAwaited(seconds: Int, last: String?)
        /// It was agreed to, and is no longer the change that was shown: it has to be decided anew.
        case isOutdated

        fileprivate var json: JSON {
            switch self {
            case .isAwaited(let seconds, let last):
                ["seconds": .int(seconds), "last": last.map(JSON.string) ?? .null]
            case .isOutdated: ["isOutdated": true]
            }
        }
    }

    /// How the summary begins where nothing was done because the finding is not as it was reported.
    package static let staleOpening = "The finding has changed since it was reported, so nothing was changed"

    /// Whether nothing was done because the finding is not as it was reported: it says nothing about the access now.
    package var isStale: Bool { status == .refused && summary.hasPrefix(Outcome.staleOpening) }

    /// How it ended.
    package let status: Status
    /// One sentence.
    package let summary: String
    /// The mode at that time.
    package let mode: String
    /// What was changed, or would be in observe mode.
    package let changes: [Change]
    /// Whether a brake kept the change from being made: a person is told in its place. No part of the shape.
    package var isHeldBack = false
    /// Why the change is safe, a sentence each; shown to whoever has to decide about it.
    package var proof: [String] = []
    /// How a change stands that a person decides about; `nil` for every other.
    package var approval: Approval?
    /// How to undo it; only where there is something of ours to undo.
    package let rollback: Rollback?
    private var original = JSONObject()

    package init(
        _ status: Status,
        _ summary: String,
        mode: String,
        changes: [Change] = [],
        rollback: Rollback? = nil
    ) {
        self.status = status
        self.summary = summary
        self.mode = mode
        self.changes = changes
        self.rollback = rollback
    }

    /// The outcome in the case's shape.
    package var json: JSONObject {
        guard original.isEmpty else { return original }
        var json = JSONObject([
            ("status", .string(status.rawValue)), ("summary", .string(summary)), ("mode", .string(mode)),
        ])
        json["changes"] = .array(
            changes.map { change in
                [
                    "resource": .string(change.resource), "operation": .string(change.operation),
                    "before": change.before, "after": change.after, "diff": .string(change.diff),
                ]
            }
        )
        if let rollback {
            json["rollback"] = ["findingId": .string(rollback.findingID), "command": .string(rollback.command)]
        }
        if status == .awaitingApproval { json["proof"] = .array(proof.map(JSON.string)) }
        if let approval { json["approval"] = approval.json }
        return json
    }
}

extension Outcome {
    /// Reads the outcome of an earlier step; the keys that are not known here stay with it.
    init(_ json: JSONObject) throws(InvalidEvent) {
        let fields = FieldReader(object: json, path: "outcome")
        let text = try fields.string("status")
        guard let status = Status(rawValue: text) else {
            throw InvalidEvent("outcome.status", "'\(text.prefix(50))' is not an outcome that we know")
        }
        self.init(
            status,
            try fields.optionalString("summary") ?? "",
            mode: try fields.optionalString("mode") ?? "",
            changes: try Outcome.changes(fields),
            rollback: try Outcome.rollback(fields)
        )
        proof = try fields.strings("proof") ?? []
        if let approval = try fields.optionalObject("approval") {
            let (seconds, last) = (approval["seconds"]?.int ?? 0, approval["last"]?.string)
            self.approval =
                approval["isOutdated"]?.bool == true ? .isOutdated : .isAwaited(seconds: seconds, last: last)
        }
        original = json
    }

    private static func changes(_ fields: FieldReader) throws(InvalidEvent) -> [Change] {
        try changes(fields.value("changes"), at: "outcome.changes")
    }

    /// Reads a list of changes; empty where there is none.
    package static func changes(_ json: JSON?, at path: String) throws(InvalidEvent) -> [Change] {
        guard let value = json else { return [] }
        guard let list = value.array else { throw InvalidEvent(path, "must be a list, not \(value.kind)") }
        var changes: [Change] = []
        for (index, element) in list.enumerated() {
            guard let object = element.object else {
                throw InvalidEvent("\(path)[\(index)]", "must be an object, not \(element.kind)")
            }
            let change = FieldReader(object: object, path: "\(path)[\(index)]")
            changes.append(
                Change(
                    resource: try change.string("resource"),
                    operation: try change.string("operation"),
                    before: object["before"] ?? .null,
                    after: object["after"] ?? .null,
                    diff: try change.optionalString("diff") ?? ""
                )
            )
        }
        return changes
    }

    private static func rollback(_ fields: FieldReader) throws(InvalidEvent) -> Rollback? {
        guard let object = try fields.optionalObject("rollback") else { return nil }
        let rollback = FieldReader(object: object, path: "outcome.rollback")
        return Rollback(findingID: try rollback.string("findingId"), command: try rollback.string("command"))
    }
}

extension JSON {
    /// The same without the moments before which sessions are ended: each plan has its own.
    fileprivate var withoutMoments: JSON {
        switch self {
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map { ($0.key, $0.key == "aws:TokenIssueTime" ? .null : $0.value.withoutMoments) }
                )
            )
        case .array(let elements): .array(elements.map(\.withoutMoments))
        default: self
        }
    }
}
