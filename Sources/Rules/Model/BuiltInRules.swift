import Findings

extension RuleSet {
    /// The rules that hold when a team has none of its own: the text that `gatehouse rules print` shows.
    ///
    /// Roles come first, so that no look-up that fails can turn their answer around.
    package static let builtInText = """
        {
          "version": 1,
          "description": "What Gatehouse does without rules of your own: a place to start from.",
          "default": "NOTIFY",
          "rules": [
            {
              "name": "unintended-role-trust",
              "description": "Roles that let somebody from outside in.",
              "reason": "Somebody outside the zone of trust can assume the role, and no archive rule calls that intended.",
              "when": {
                "resourceType": {"eq": ["AWS::IAM::Role"]},
                "kind": {"eq": ["ExternalAccess"]},
                "error": {"exists": false}
              },
              "action": "RESOLVE"
            },
            {
              "name": "public-access",
              "reason": "Anybody at all can reach it, and that is never archived by itself.",
              "when": {"isPublic": {"eq": ["true"]}},
              "action": "NOTIFY"
            },
            {
              "name": "confidential-data",
              "reason": "Its tags call the data confidential, so somebody should always know.",
              "when": {"tags.Data Classification": {"eq": ["Confidential"]}},
              "action": "NOTIFY"
            },
            {
              "name": "confidential-data-by-tag",
              "reason": "Its tags call the data confidential, so somebody should always know.",
              "when": {"tags.DataClassification": {"eq": ["Confidential"]}},
              "action": "NOTIFY"
            },
            {
              "name": "shared-development-key",
              "reason": "The development key is shared on purpose.",
              "when": {
                "resourceType": {"eq": ["AWS::KMS::Key"]},
                "isPublic": {"eq": ["false"]},
                "tags.IsAllowedToShare": {"eq": ["true"]},
                "tags.Environment": {"eq": ["development"]},
                "keyAliases": {"eq": ["alias/DevelopmentKey"]}
              },
              "action": "ARCHIVE"
            }
          ]
        }
        """

    /// The same, compiled at first use.
    package static let builtIn = compiled(builtInText)

    /// `builtin:strict`: whatever lets somebody from outside in is blocked, whichever type it is; what is hard to undo
    /// waits for a person.
    package static let strictText = """
        {
          "version": 1,
          "description": "Every external access is blocked; keys and public file systems wait for a person's approval.",
          "default": "NOTIFY",
          "rules": [
            {
              "name": "unintended-key-access",
              "description": "KMS keys that somebody from outside may use.",
              "reason": "Somebody outside the zone of trust can use the key; what is encrypted with it depends on it.",
              "when": {
                "resourceType": {"eq": ["AWS::KMS::Key"]},
                "kind": {"eq": ["ExternalAccess"]},
                "error": {"exists": false}
              },
              "action": "APPROVE"
            },
            {
              "name": "public-file-system",
              "description": "EFS file systems that anybody on the network may mount.",
              "reason": "Anybody can mount the file system, and so can the clients that do so today.",
              "when": {
                "resourceType": {"eq": ["AWS::EFS::FileSystem"]},
                "kind": {"eq": ["ExternalAccess"]},
                "isPublic": {"eq": ["true"]},
                "error": {"exists": false}
              },
              "action": "APPROVE"
            },
            {
              "name": "unintended-access",
              "description": "Every other resource that lets somebody from outside in.",
              "reason": "Somebody outside the zone of trust has access, and no archive rule calls that intended.",
              "when": {"kind": {"eq": ["ExternalAccess"]}, "error": {"exists": false}},
              "action": "RESOLVE"
            }
          ]
        }
        """

    /// The same, compiled at first use.
    package static let strict = compiled(strictText)

    /// The names by which rules of ours are asked for, each with its text and its rules.
    package static func named(_ name: String) -> (text: String, rules: RuleSet)? {
        switch name {
        case "builtin": (builtInText, builtIn)
        case "builtin:strict": (strictText, strict)
        default: nil
        }
    }

    private static func compiled(_ text: String) -> RuleSet {
        do {
            return try RuleSet(Array(text.utf8))
        } catch {
            // A test reads the text; were it wrong all the same, a person is told of everything.
            return RuleSet(
                rules: [],
                fallback: .notify,
                archiveBelow: nil,
                description: nil,
                weights: .standard
            )
        }
    }
}
