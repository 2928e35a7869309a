using Gateway.Plant.Commands;

return await PlantCommand.Create().Parse(args).InvokeAsync();
