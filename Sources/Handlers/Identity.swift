import AWSClient
import AWSOperations

extension HandlerEnvironment {
    /// The ARN of who we are, as AWS has it, for what is recorded; why it is not known where it is not.
    package func identity() async -> String {
        guard let region else { return "somebody who is not known (AWS_REGION is not set)" }
        do throws(AWSError) {
            return try await aws.call(GetCallerIdentity(region: region)).arn
        } catch {
            return "somebody who is not known (\(error.code ?? error.kind.rawValue))"
        }
    }
}
