using Gateway.CrashRig;

return args switch
{
    ["run", var folder] => await Appenders.Run(folder),
    ["hold", var folder] => Holder.Run(folder),
    ["fill", var folder] => await Filler.Run(folder),
    ["measure", var folder] => await Meter.Run(folder),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        Gateway.CrashRig run|hold|fill|measure FOLDER
          run      appends until it is killed, and prints each acknowledged record
          hold     holds a journal open until its input ends
          fill     fills the small disk at FOLDER and says how the store takes it
          measure  appends for some seconds and prints how fast that was
        """);
    return 2;
}
