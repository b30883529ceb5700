import AWSClient

private let version = "2010-05-15"

/// A stack as it stands.
struct StackDescription: Sendable, Equatable {
    /// Such as `CREATE_COMPLETE`.
    let status: String
    let parameters: [String: String]
    let outputs: [String: String]
}

/// Reads one stack. `ValidationError` where there is none of that name.
///
/// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
struct DescribeStack: AWSOperation {
    static let service = AWSService.cloudFormation
    static let name = "DescribeStacks"
    static let isWrite = false
    let region: Region
    /// The stack's name.
    let stack: String

    func wireRequest() throws(AWSError) -> WireRequest {
        .query(action: Self.name, version: version, parameters: [("StackName", stack)])
    }

    func output(from response: WireResponse) throws(AWSError) -> StackDescription {
        let result = try response.xml().first("DescribeStacksResult")
        guard let stack = result?.at("Stacks", "member"), let status = stack.text(at: "StackStatus") else {
            throw response.unreadable("the answer lacks a stack with its status")
        }
        func values(_ list: String, _ key: String, _ value: String) -> [String: String] {
            let members = stack.first(list)?.all("member") ?? []
            let pairs = members.compactMap { member in member.text(at: key).map { ($0, member.text(at: value) ?? "") } }
            return Dictionary(pairs) { $1 }
        }
        return StackDescription(
            status: status,
            parameters: values("Parameters", "ParameterKey", "ParameterValue"),
            outputs: values("Outputs", "OutputKey", "OutputValue")
        )
    }
}

/// One resource of a stack.
struct StackResource: Sendable, Equatable {
    /// Its name in the template.
    let logicalID: String
    /// Its name or ARN in its service; empty where it was not made.
    let physicalID: String
    /// Such as `AWS::Lambda::Function`.
    let type: String
}

/// Lists a stack's resources, a page at a time.
///
/// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html
struct ListStackResources: AWSOperation {
    static let service = AWSService.cloudFormation
    static let name = "ListStackResources"
    static let isWrite = false
    let region: Region
    /// The stack's name.
    let stack: String
    /// The page to read; `nil` for the first.
    let nextToken: String?

    func wireRequest() throws(AWSError) -> WireRequest {
        let page = nextToken.map { [("NextToken", $0)] } ?? []
        return .query(action: Self.name, version: version, parameters: [("StackName", stack)] + page)
    }

    func output(from response: WireResponse) throws(AWSError) -> (elements: [StackResource], nextToken: String?) {
        guard let result = try response.xml().first("ListStackResourcesResult") else {
            throw response.unreadable("the answer lacks a ListStackResourcesResult")
        }
        var resources: [StackResource] = []
        for member in result.first("StackResourceSummaries")?.all("member") ?? [] {
            guard let logical = member.text(at: "LogicalResourceId"), let type = member.text(at: "ResourceType") else {
                throw response.unreadable("a resource in the answer lacks its name or type")
            }
            let physical = member.text(at: "PhysicalResourceId") ?? ""
            resources.append(StackResource(logicalID: logical, physicalID: physical, type: type))
        }
        return (resources, result.text(at: "NextToken").flatMap { $0.isEmpty ? nil : $0 })
    }
}
