package import Findings
package import Messages
import Policies

/// What each known type tells about its resources.
package struct KnownResourceGuide: ResourceGuide {
    package init() {}

    private func known(_ finding: Finding) -> (any KnownResourceType.Type)? {
        KnownResourceTypes.known(finding.resourceType)
    }

    package func name(_ input: Case) -> String {
        known(input.finding)?.name(input) ?? input.finding.resource.resource
    }

    package func consolePath(_ finding: Finding, region: String) -> String? {
        known(finding)?.consolePath(finding.resource, region: region)
    }

    package func steps(_ input: Case) -> [String] {
        known(input.finding)?.steps(input)
            ?? ["Remove the principal from the resource's policy, in the console of its service."]
    }

    package func change(_ input: Case) -> ChangeGuide? {
        known(input.finding)?.change(input)
    }
}
