using System.CommandLine;
using Gateway.Service.Hosting;

var site = new Option<string>("--site") { Description = "Site file: links, fabrics, and what an engineer approved in writing.", Required = true };
var state = new Option<string>("--state") { Description = "Folder for journals, keys and views.", Required = true };
var dataplane = new Option<string>("--dataplane") { Description = "Control socket of the dataplane.", Required = true };
var api = new Option<string>("--api") { Description = "Unix socket on which the API listens.", Required = true };
var command = new RootCommand("Service of the gateway: decides, remembers, holds identities, and speaks with the fabrics.") { site, state, dataplane, api };
command.SetAction((result, cancel) => Daemon.RunAsync(
    new ServiceOptions(result.GetValue(site)!, result.GetValue(state)!, result.GetValue(dataplane)!, result.GetValue(api)!), cancel));
return await command.Parse(args).InvokeAsync();
