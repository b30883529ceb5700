import AWSClient
import AWSOperations

extension GetCallerIdentity: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(Self.name, [])
        let arn = "arn:aws:sts::\(caller.account):assumed-role/gatehouse/simulated"
        return CallerIdentity(account: caller.account, arn: arn)
    }
}
