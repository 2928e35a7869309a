using Gateway.Dataplane.Control;

return await DataplaneCommand.Create().Parse(args).InvokeAsync();
