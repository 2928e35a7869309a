using Gateway.Corridor.Cli;

return await CorridorCommand.Build().Parse(args).InvokeAsync();
