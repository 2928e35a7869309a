using System.CommandLine;
using System.Globalization;
using Gateway.Benchmarks;
using Gateway.Core.Net;

// The bench starts itself again inside namespaces for its parts; those calls have fixed words.
switch (args)
{
    case ["serve", var port]:
        return PingPong.Serve(int.Parse(port, CultureInfo.InvariantCulture));
    case ["ask", var server, var port, var rounds]:
        return PingPong.Ask(server, int.Parse(port, CultureInfo.InvariantCulture), int.Parse(rounds, CultureInfo.InvariantCulture));
    case ["flood", var name, var ownMac, var own, var mac, var address, var seconds, var rate]:
        return Flood.Run(
            name, (MacAddress.Parse(ownMac), Ipv4Address.Parse(own)), (MacAddress.Parse(mac), Ipv4Address.Parse(address)), 60,
            TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)), int.Parse(rate, CultureInfo.InvariantCulture));
}

var roundsOption = new Option<int>("--rounds") { Description = "Rounds; ratios are medians over rounds.", DefaultValueFactory = _ => 5 };
var secondsOption = new Option<double>("--seconds") { Description = "Length of each flood, seconds.", DefaultValueFactory = _ => 3 };
var roundTripsOption = new Option<int>("--round-trips") { Description = "Round trips per measurement.", DefaultValueFactory = _ => 20_000 };
var outputOption = new Option<string?>("--output", "-o") { Description = "File for all measurements, JSON." };
var docsOption = new Option<string?>("--docs") { Description = "Markdown file whose measured section is replaced by the table." };
var command = new RootCommand("Measures the dataplane against what Linux brings, in network namespaces of its own. Needs root.")
{
    roundsOption, secondsOption, roundTripsOption, outputOption, docsOption,
};
command.SetAction(result => Report.Run(
    result.GetValue(roundsOption), result.GetValue(secondsOption), result.GetValue(roundTripsOption), result.GetValue(outputOption),
    result.GetValue(docsOption)));
return await command.Parse(args).InvokeAsync();
