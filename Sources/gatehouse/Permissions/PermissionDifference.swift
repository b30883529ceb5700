import Basics
import LosslessJSON
import Policies

/// How what a role may do differs from a policy made of what it did, by actions.
struct PermissionDifference {
    /// An action, or pattern of actions, of an attached policy.
    struct Grant {
        /// The policy that has it, in a sentence.
        let policy: String
        let action: String
        /// The actions of the new policy that it is needed for.
        let usedFor: [String]

        /// Whether the new policy names the very same.
        var isSame: Bool { usedFor.count == 1 && usedFor[0].lowercasedASCII.hasSameBytes(as: action.lowercasedASCII) }
    }

    /// By policy, in its order, each once.
    private(set) var grants: [Grant] = []
    /// Actions of the new policy that no attached one gives: something else lets the role do them.
    private(set) var ungranted: [String] = []
    /// What could not be compared, with why.
    private(set) var notCompared: [String] = []
    /// Whether a statement with NotAction may give what none gives by name.
    private var hasExceptions = false

    init(attached: [AttachedPolicy], generated: [String]) {
        var wanted: [String] = []
        for text in generated {
            switch Self.allowed(text) {
            case .success(let actions): wanted += actions.patterns
            case .failure(let error): notCompared.append("the generated policy: \(error)")
            }
        }
        wanted = Self.once(wanted)
        var given: Set<String> = []
        for policy in attached {
            switch Self.allowed(policy.text) {
            case .failure(let error): notCompared.append("\(policy.words): \(error)")
            case .success(let actions):
                if actions.hasExceptions {
                    notCompared.append("\(policy.words): a statement with NotAction is not compared")
                    hasExceptions = true
                }
                for action in Self.once(actions.patterns) {
                    let used = wanted.filter { Self.matches(action, $0) }
                    given.formUnion(used)
                    grants.append(Grant(policy: policy.words, action: action, usedFor: used))
                }
            }
        }
        ungranted = wanted.filter { !given.contains($0) }
    }

    /// Lines such as `- s3:PutObject`, as a diff marks them.
    var lines: [String] {
        var lines: [String] = []
        var policy = ""
        for grant in grants where !grant.isSame {
            if grant.policy != policy {
                policy = grant.policy
                lines.append("@@ \(policy) @@")
            }
            lines.append(
                "-\(grant.action.printable(limit: 200))" + (grant.usedFor.isEmpty ? "" : "   (wider than needed)")
            )
            lines += grant.usedFor.prefix(50).map { "+\($0.printable(limit: 200))" }
            if grant.usedFor.count > 50 { lines.append("+… and \(grant.usedFor.count - 50) more") }
        }
        if !ungranted.isEmpty {
            lines.append(
                hasExceptions
                    ? "@@ not given by name; a NotAction may give it @@" : "@@ not given by any attached policy @@"
            )
            lines += ungranted.map { "+\($0.printable(limit: 200))" }
        }
        return lines
    }

    var json: JSON {
        [
            "attached": .array(
                grants.map { grant in
                    [
                        "policy": .string(grant.policy), "action": .string(grant.action),
                        "usedFor": .array(grant.usedFor.map(JSON.string)),
                    ]
                }
            ),
            "notAttached": .array(ungranted.map(JSON.string)), "notCompared": .array(notCompared.map(JSON.string)),
        ]
    }

    /// The patterns of everything that Allows, whatever the resources and conditions.
    private static func allowed(_ text: String) -> Result<(patterns: [String], hasExceptions: Bool), PolicyError> {
        Result {
            var (patterns, hasExceptions): ([String], Bool) = ([], false)
            for statement in try PolicyDocument(text: text).statements where statement.effect == .allow {
                switch statement.actions {
                case .only(let actions): patterns += actions
                case .except: hasExceptions = true
                }
            }
            return (patterns, hasExceptions)
        }.mapError { ($0 as? PolicyError) ?? PolicyError("\($0)") }
    }

    private static func once(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0.lowercasedASCII).inserted }
    }

    private static func matches(_ pattern: String, _ action: String) -> Bool {
        Wildcards.match(pattern.lowercasedASCII, action.lowercasedASCII)
    }
}
