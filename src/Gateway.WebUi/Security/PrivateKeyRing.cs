using System.Text;
using System.Xml.Linq;
using Gateway.Core.Identity;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Gateway.WebUi.Security;

/// <summary>The keys that protect form tokens, kept so that a form that was open during a restart can still be sent. The framework's own
/// repository leaves the rights of the files to the umask; this one does not.</summary>
internal sealed class PrivateKeyRing(string folder) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. Directory.GetFiles(folder, "*.xml").Order(StringComparer.Ordinal).Select(path => XElement.Load(path))];

    public void StoreElement(XElement element, string friendlyName) =>
        PrivateFile.Write(Path.Combine(folder, friendlyName + ".xml"), Encoding.UTF8.GetBytes(element.ToString()));
}
