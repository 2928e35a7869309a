using System.Globalization;
using System.Text;
using Gateway.Core.Policy.Writing;

namespace Gateway.Core.Policy;

/// <summary>Writes a document in its one canonical form: keys in the order of the reference, defaults left out, one line per value.
/// Reading it gives an equal document.</summary>
public static class SiteWriter
{
    public static string Write(SiteDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        var yaml = new StringBuilder();
        yaml.Append(CultureInfo.InvariantCulture, $"version: {SiteDocument.FormatVersion}\n");
        yaml.Append(CultureInfo.InvariantCulture, $"site: {YamlText.Of(document.Site)}\n");
        yaml.Append(CultureInfo.InvariantCulture, $"segments: {document.Segments}\n");
        foreach (var section in SiteOutline.Of(document).Where(s => !s.Items.IsEmpty))
        {
            yaml.Append(CultureInfo.InvariantCulture, $"\n{section.List}:\n");
            foreach (var item in section.Items)
                Append(yaml, item);
        }
        return yaml.ToString();
    }

    private static void Append(StringBuilder yaml, OutlineItem item)
    {
        yaml.Append(CultureInfo.InvariantCulture, $"  - name: {YamlText.Of(item.Name)}\n");
        foreach (var field in item.Fields)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"    {field.Key}:");
            if (field.Items.IsEmpty)
                yaml.Append(CultureInfo.InvariantCulture, $" {field.Text}");
            yaml.Append('\n');
            foreach (var line in field.Items)
                yaml.Append(CultureInfo.InvariantCulture, $"      - {line}\n");
        }
    }
}
