using System.CommandLine;
using Gateway.Service.Ctl;
using Gateway.Service.Hosting;

if (args is ["ctl", .. var words])
    return await CtlCommand.RunAsync(words);

var site = new Option<string>("--site") { Description = "Site file: links, fabrics, and what an engineer approved in writing.", Required = true };
var state = new Option<string>("--state") { Description = "Folder for journals, keys and views.", Required = true };
var dataplane = new Option<string>("--dataplane") { Description = "Control socket of the dataplane.", Required = true };
var api = new Option<string>("--api") { Description = "Unix socket on which the API listens.", DefaultValueFactory = _ => ServiceOptions.DefaultApiSocket };
var command = new RootCommand("Service of the gateway: decides, remembers, holds identities, and speaks with the fabrics. 'gatewayd ctl' operates it (gatewayctl).")
{
    site, state, dataplane, api,
};
command.SetAction((result, cancel) => Daemon.RunAsync(
    new ServiceOptions(result.GetValue(site)!, result.GetValue(state)!, result.GetValue(dataplane)!, result.GetValue(api)!), cancel));
return await command.Parse(args).InvokeAsync();
