import SheafGateway
import SheafSupervision
import Testing

@Suite struct RouteTableTests {
    private static func route(_ id: String, _ path: String) -> GatewayRoute {
        GatewayRoute(id: id, service: id, ingress: .init(path: path, stripsPath: false), backends: [1])
    }

    private let table = RouteTable([
        Self.route("root", "/"), Self.route("shop", "/shop"), Self.route("cart", "/shop/cart"),
    ])

    @Test(arguments: [
        ("/shop", "shop"), ("/shop/", "shop"), ("/shop/a/b", "shop"), ("/shopping", "root"), ("/shop/cart", "cart"),
        ("/shop/cart/1", "cart"), ("/shop/carts", "shop"), ("/", "root"), ("/other", "root"), ("/SHOP", "root"),
    ])
    func theLongestPathOfWholeSegmentsHasTheRequest(path: String, id: String) {
        #expect(table.route(for: path)?.id == id)
    }

    @Test func withoutARootSomePathsBelongToNobody() {
        let table = RouteTable([Self.route("shop", "/shop")])
        #expect(table.route(for: "/sho") == nil)
        #expect(table.route(for: "") == nil)
    }

    @Test(arguments: [
        ("/shop", "/"), ("/shop/", "/"), ("/shop/a%20b?c=d", "/a%20b?c=d"), ("/shop?c=/d", "/?c=/d"),
    ])
    func aStrippedTargetBeginsWithASlash(target: String, seen: String) {
        #expect(GatewayRoute.Ingress(path: "/shop", stripsPath: true).target(of: target) == seen)
        #expect(GatewayRoute.Ingress(path: "/shop", stripsPath: false).target(of: target) == target)
        #expect(GatewayRoute.Ingress(path: "/", stripsPath: true).target(of: target) == target)
    }

    @Test func aRouteIsReadAsItWasWritten() throws {
        let route = GatewayRoute(
            id: "public.web",
            service: "service:web:public",
            version: "3-abc",
            generation: 3,
            ingress: .init(path: "/a b\nc", stripsPath: true),
            backends: [24_001, 24_002],
            forwards: [.init(port: 8080, instances: [24_001, 24_002]), .init(port: 9090, instances: [])],
            serving: "/a folder/run/serving"
        )
        let text = String(decoding: route.encoded(), as: UTF8.self)
        #expect(try GatewayRoute(decoding: text, id: "public.web") == route)
        #expect(throws: FormatError.self) { try GatewayRoute(decoding: "sheaf-route 2\n", id: "x") }
    }

    @Test func aStateIsReadAsItWasWritten() throws {
        let state = GatewayState(
            pid: 4,
            startTime: 5,
            versions: ["a.b": "3-x"],
            problems: ["ingress": "cannot listen on port 80: no"],
            draining: [24_001: 2],
            resting: [24_003]
        )
        #expect(try GatewayState(decoding: String(decoding: state.encoded(), as: UTF8.self)) == state)
    }
}
