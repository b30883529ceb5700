import Findings

extension RuleSet {
    /// The rules that hold when a team has none of its own: the text that `gatehouse rules` prints.
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
    package static let builtIn: RuleSet = {
        do {
            return try RuleSet(Array(builtInText.utf8))
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
    }()
}
