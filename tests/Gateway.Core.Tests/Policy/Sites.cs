using Gateway.Core.Policy;

namespace Gateway.Core.Tests.Policy;

/// <summary>Documents that the tests start from.</summary>
internal static class Sites
{
    /// <summary>A hall with one of everything: every key of the format stands in it at least once.</summary>
    public const string Hall = """
        version: 1
        site: hall-3
        segments: 100.64.0.0/16
        links:
          - { name: socket-1, role: downlink, interface: s1, socket: 1 }
          - { name: socket-2, role: downlink, interface: s2, socket: 2 }
          - { name: socket-3, role: downlink, interface: s3, socket: 3 }
          - { name: host, role: host, interface: host1, address: 100.64.0.1/16 }
          - { name: uplink, role: uplink, interface: up0, address: 10.77.0.254/24 }
        fabrics:
          - { name: corridor, kind: corridor, hub: "10.20.0.10:8443", authority: corridor-ca.pem, token: gateway.token }
        devices:
          - name: plc-7
            id: k7m2qd
            labels: { kind: plc, line: filler-2 }
            link: socket-1
            mac: "28:63:36:aa:10:2f"
            address: 192.168.10.21/24
            gateway: 192.168.10.1
            segment: 100.64.0.7
            fabric: corridor
            enforcement: enforce
            max-flows: 64
          - name: sorter
            labels: { kind: sorter, line: filler-2 }
            link: socket-2
            mac: "00:30:de:00:00:02"
            address: 192.168.10.30/24
            fabric: corridor
          - name: camera-1
            labels: { kind: camera }
            link: socket-3
            mac: "ac:cc:8e:00:00:03"
            address: 10.5.0.9/24
        peers:
          - { name: ntp, link: uplink, address: 10.77.0.5, labels: { role: time } }
          - { name: recorder, link: uplink, address: 10.77.0.6 }
        services:
          - { name: historian, fabric: corridor, remote: influx, port: tcp/8086, address: 10.20.0.30 }
        callers:
          - { name: scada, fabric: corridor, group: scada }
          - { name: vendor, fabric: corridor, id: "spiffe://hall-3/client/vendor-1" }
        grants:
          - name: scada-reads-fillers
            from: { caller: scada }
            to: { devices: { kind: plc, line: filler-2 } }
            allow: [ { port: tcp/502, inspect: modbus, operations: read, refuse: answer } ]
            comment: trend display
          - name: sorter-drives-plc
            from: { device: sorter }
            to: { device: plc-7, as: 192.168.10.21 }
            allow: [ { port: tcp/502, inspect: modbus, operations: "3|0-99,6|10" } ]
          - name: plc-7-to-historian
            from: { device: plc-7 }
            to: { service: historian }
          - name: devices-ask-time
            from: { devices: { line: filler-2 } }
            to: { peers: { role: time } }
            allow: [ { port: udp/123 } ]
          - name: recorder-takes-pictures
            from: { peer: recorder, as: 10.5.0.77 }
            to: { device: camera-1 }
            allow:
              - port: tcp/554
          - name: identify
            from: { gateway: true }
            to: { device: plc-7 }
            allow: [ { port: tcp/502, inspect: modbus, operations: identify, refuse: reset } ]
        """;

    public static SiteDocument Document(string yaml = Hall)
    {
        var result = SiteReader.Read(yaml);
        Assert.True(result.Valid, string.Join('\n', result.Errors));
        return result.Document;
    }

    public static CompiledPolicy Policy(string yaml = Hall) => Policy(Document(yaml));

    public static CompiledPolicy Policy(SiteDocument document)
    {
        var result = PolicyCompiler.Compile(document);
        Assert.True(result.Valid, string.Join('\n', result.Errors));
        return result.Policy;
    }

    /// <summary>The hall with one text replaced; the text must be there, once.</summary>
    public static string With(string old, string now)
    {
        Assert.Equal(2, Hall.Split(old).Length);
        return Hall.Replace(old, now, StringComparison.Ordinal);
    }

    /// <summary>Line on which a text stands, from 1.</summary>
    public static int LineOf(string yaml, string text) =>
        yaml[..yaml.IndexOf(text, StringComparison.Ordinal)].Count(c => c == '\n') + 1;
}
