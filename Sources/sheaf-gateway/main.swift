import Glibc
import SheafGateway

// `sheaf-gateway FOLDER`: the one way in to the services of a home, see docs/gateway.md.
exit(GatewayProgram.run(CommandLine.arguments))
