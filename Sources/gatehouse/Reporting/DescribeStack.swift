import AWSClient
import AWSOperations

/// Reads the outputs of a CloudFormation stack. `ValidationError` where there is none of that name.
///
/// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
struct DescribeStack: AWSOperation {
    static let service = AWSService.cloudFormation
    static let name = "DescribeStacks"
    static let isWrite = false
    let region: Region
    /// The stack's name or ARN.
    let stack: String

    func wireRequest() throws(AWSError) -> WireRequest {
        .query(action: Self.name, version: "2010-05-15", parameters: [("StackName", stack)])
    }

    /// The outputs by their keys.
    func output(from response: WireResponse) throws(AWSError) -> [String: String] {
        guard let stack = try response.xml().at("DescribeStacksResult", "Stacks", "member") else {
            throw response.unreadable("the answer lacks the stack")
        }
        var outputs: [String: String] = [:]
        for member in stack.first("Outputs")?.all("member") ?? [] {
            guard let key = member.text(at: "OutputKey") else { continue }
            outputs[key] = member.text(at: "OutputValue")
        }
        return outputs
    }
}
