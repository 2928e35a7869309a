using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Gateway.Core.Api;

namespace Gateway.Service.Api;

/// <summary>JSON of the API: camelCase, nothing left out, so that clients see every field.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(BoxView))]
[JsonSerializable(typeof(BoxPublicView))]
[JsonSerializable(typeof(IReadOnlyList<DeviceView>))]
[JsonSerializable(typeof(DeviceDetail))]
[JsonSerializable(typeof(IReadOnlyList<ProposalView>))]
[JsonSerializable(typeof(IReadOnlyList<GrantView>))]
[JsonSerializable(typeof(LogPage))]
[JsonSerializable(typeof(StatusView))]
[JsonSerializable(typeof(SessionView))]
[JsonSerializable(typeof(PolicyResult))]
[JsonSerializable(typeof(ExplainView))]
[JsonSerializable(typeof(ProblemView))]
[JsonSerializable(typeof(ClaimRequest))]
[JsonSerializable(typeof(SignInRequest))]
[JsonSerializable(typeof(NameRequest))]
[JsonSerializable(typeof(ApproveRequest))]
[JsonSerializable(typeof(GrantsRequest))]
[JsonSerializable(typeof(ConfirmRequest))]
[JsonSerializable(typeof(PolicyRequest))]
[JsonSerializable(typeof(ExplainRequest))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>How requests are read: strictly. A field nobody knows is a typing error, and what a request needs must be there.</summary>
    public static void MakeStrict(JsonSerializerOptions json)
    {
        json.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        json.RespectNullableAnnotations = true;
        json.TypeInfoResolverChain.Insert(0, Default.WithAddedModifier(Need));
    }

    private static void Need(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.AssociatedParameter is { IsNullable: false, HasDefaultValue: false })
                property.IsRequired = true;
        }
    }
}
