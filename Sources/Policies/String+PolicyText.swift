import Basics

extension String {
    /// Whether the text holds what is a wildcard in an ARN condition.
    package var hasWildcard: Bool {
        utf8.contains { "*?".utf8.contains($0) }
    }

    /// Whether the text may hold a policy variable, which begins with `${`.
    ///
    /// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    package var holdsVariable: Bool {
        zip(utf8, utf8.dropFirst()).contains { $0 == UInt8(ascii: "$") && $1 == UInt8(ascii: "{") }
    }

    /// Whether the text names one identity provider: the ARN of a SAML or OpenID Connect provider, or a host with a path.
    var isIdentityProvider: Bool {
        if let arn = ARN(self) {
            return arn.service == "iam" && !arn.resource.hasWildcard
                && (arn.resource.hasPrefix("saml-provider/") || arn.resource.hasPrefix("oidc-provider/"))
        }
        return utf8.contains(UInt8(ascii: "."))
            && utf8.allSatisfy { $0.isLetterASCII || $0.isDigitASCII || ".-_/:".utf8.contains($0) }
    }

    /// What follows the last slash.
    var lastComponent: Substring {
        guard let slash = utf8.lastIndex(of: UInt8(ascii: "/")) else { return self[...] }
        return self[utf8.index(after: slash)...]
    }
}

extension ARN {
    /// Whether it ends in what can be the name of one user or role.
    var endsInName: Bool {
        !resource.lastComponent.isEmpty && !String(resource.lastComponent).hasWildcard
    }
}
