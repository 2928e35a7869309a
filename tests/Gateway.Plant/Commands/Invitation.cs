using System.Globalization;
using System.Text;

namespace Gateway.Plant.Commands;

/// <summary>What a person at the plant is told: where the pages are, and what to try.</summary>
internal static class Invitation
{
    /// <exception cref="ArgumentException">There is no such device.</exception>
    public static PlantDevice DeviceNamed(string name) => PlantLayout.Devices.FirstOrDefault(device => device.Name == name)
        ?? throw new ArgumentException($"'{name}' is no device here; there are {string.Join(", ", PlantLayout.Devices.Select(device => device.Name))}");

    /// <exception cref="ArgumentException">There is no such socket.</exception>
    public static int SocketNumber(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= PlantLayout.Sockets
            ? number
            : throw new ArgumentException($"'{text}' is no socket; there are 1 to {PlantLayout.Sockets}");

    public static string Text(PlantSite site)
    {
        var text = new StringBuilder();
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"Pages        {site.Box.WebAddress}   (the browser warns: the box signed its certificate itself)");
        text.AppendLine(CultureInfo.InvariantCulture, $"Claim code   {(site.Box.ClaimCode is { Length: > 0 } code ? code : "used; sign in with the name and password you chose")}");
        text.AppendLine(CultureInfo.InvariantCulture, $"Sockets      {Sockets(site)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"Logs         {site.Plant.LogFolder}");
        text.AppendLine();
        text.AppendLine(Walk(site.Plant.Prefix));
        return text.ToString();
    }

    private static string Sockets(PlantSite site) => string.Join("  ", Enumerable.Range(1, PlantLayout.Sockets)
        .Select(socket => string.Create(CultureInfo.InvariantCulture, $"{socket}:{(site.Plant.Plugged.TryGetValue(socket, out var device) ? device.Name : "-")}")));

    private static string Walk(string prefix) =>
        $"""
        What to do next
          1  Open the pages and claim the box with the code.
          2  The five devices stand on their sockets as new. Set up socket 1: name it plc-7, allow what is proposed.
          3  Read a register through the fabric, as the SCADA master that may:
               ip netns exec {prefix}-scada mbpoll -m tcp -p {PlantSite.DialPort} -a 1 -t 4 -r 1 -c 2 -1 127.0.0.1
             Write one (refused with a Modbus exception; the log says who tried):
               ip netns exec {prefix}-scada mbpoll -m tcp -p {PlantSite.DialPort} -a 1 -t 4 -r 11 -1 127.0.0.1 99
             The same read from the office, which may not:
               ip netns exec {prefix}-office mbpoll -m tcp -p {PlantSite.DialPort} -a 1 -t 4 -r 1 -1 127.0.0.1
          4  Swap the device in socket 1 for a foreign one: it is blocked, and the page says so.
               ./run unplug 1    ./run plug laptop 1
          5  Look for open ports of the box from the plant network: there is none.
               ip netns exec {prefix}-attacker nmap -Pn -p- {PlantLayout.BoxAddress}

        ./run status shows this again, ./run ctl status asks the service, ./run stop takes everything down.
        """;
}
