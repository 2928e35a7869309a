using Gateway.WebUi;

return await CommandLine.Create().Parse(args).InvokeAsync();
